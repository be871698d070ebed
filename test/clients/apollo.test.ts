import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseSeatId } from '../../src/platform/ids.ts';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import { hold } from '../api/fanout/shared.fixture.ts';
import * as documents from './documents.ts';
import { Received } from './received.ts';
import possibleTypes from '../../possible-types.json' with { type: 'json' };

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

it('a normalized cache updates its seats from the seats in a message', async () => {
  const socket = createClient({
    url: `${http.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: new GraphQLWsLink(socket),
  });
  const query = gql(documents.EVENT);
  const variables = { eventId: http.eventId };
  const { data } = await client.query<documents.EventAnswer>({ query, variables });
  const seatId = data?.event.seats.edges[0]?.node.id ?? '';
  const updates = new Received<documents.UpdateAnswer>();
  const following = client
    .subscribe<documents.UpdateAnswer>({ query: gql(documents.SEATS), variables })
    .subscribe((result) => result.data && updates.push(result.data));
  await updates.next();
  await hold(http, parseSeatId(seatId)?.index ?? -1);
  await updates.next();
  const seat = client.cache.readFragment({
    id: `Seat:${seatId}`,
    fragment: gql('fragment SeatStatus on Seat { label status }'),
  });
  expect(seat).toMatchObject({ label: 'Block A, row 1, seat 1', status: 'HELD' });
  following.unsubscribe();
  await socket.dispose();
  client.stop();
});
