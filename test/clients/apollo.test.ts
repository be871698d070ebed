import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
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

it('Apollo Client looks an event up, holds a seat, and sees the change live', async () => {
  let token = '';
  const authorization = () => (token === '' ? {} : { authorization: `Bearer ${token}` });
  const socket = createClient({
    url: `${http.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new SetContextLink(({ headers }) => ({
        headers: { ...(headers as object), ...authorization() },
      })).concat(new HttpLink({ uri: `${http.url}/graphql` })),
    ),
  });

  const event = await client.query<documents.EventAnswer>({
    query: gql(documents.EVENT),
    variables: { eventId: http.eventId },
  });
  expect(event.data?.event.name).toBe('Test Night');

  const session = await client.mutate<documents.SessionAnswer>({ mutation: gql(documents.SESSION) });
  token = session.data?.startGuestSession?.token ?? '';

  const updates = new Received<documents.UpdateAnswer>();
  const following = client
    .subscribe<documents.UpdateAnswer>({
      query: gql(documents.UPDATES),
      variables: { eventId: http.eventId },
      // Each message is a change, not a newer version of the last one to merge with.
      fetchPolicy: 'no-cache',
    })
    .subscribe(({ data }) => data && updates.push(data));
  expect(await updates.next()).toMatchObject({ seatUpdates: { __typename: 'SeatMapSnapshot', version: 0 } });

  const seatId = event.data?.event.seats.edges[0]?.node.id;
  const hold = { input: { eventId: http.eventId, seatIds: [seatId] } };
  const held = await client.mutate<documents.HoldAnswer>({ mutation: gql(documents.HOLD), variables: hold });
  expect(held.data?.holdSeats).toMatchObject({ __typename: 'Booking', status: 'HOLD' });
  expect(await updates.next()).toMatchObject({
    seatUpdates: { __typename: 'SeatsChanged', version: 1, seats: [{ seatId, status: 'HELD' }] },
  });

  const again = await client.mutate<documents.HoldAnswer>({ mutation: gql(documents.HOLD), variables: hold });
  expect(again.data?.holdSeats).toMatchObject({
    __typename: 'SeatsUnavailableError',
    code: 'SEATS_UNAVAILABLE',
  });

  following.unsubscribe();
  await socket.dispose();
  client.stop();
});

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
  expect(seat).toMatchObject({ label: 'Block A, row 1, seat 2', status: 'HELD' });
  following.unsubscribe();
  await socket.dispose();
  client.stop();
});
