import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client } from '@urql/core';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { holdSeats } from '../../src/booking/hold-seats.ts';
import { readSeatMap } from '../../src/seating/seat-map.sql.ts';
import { createSeatFeed, type SeatFeedOptions } from '../../src/web/seat-feed/create-seat-feed.ts';
import { graphqlWsSubscribe, passOn, SEAT_UPDATES } from '../../src/web/seat-feed/graphql-ws.ts';
import { startHttp, type HttpFixture } from '../api/http.fixture.ts';
import { aBuyer } from '../support/booking.ts';
import { eventually } from '../support/eventually.ts';
import { overSocket } from './urql-over-socket.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

type Subscribe = SeatFeedOptions['subscribe'];

/** A graphql-ws client, with the sockets that it opened. */
function aSocketClient(): { readonly client: SocketClient; readonly sockets: WebSocket[] } {
  const sockets: WebSocket[] = [];
  class Kept extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  const url = `${http.url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: Kept, retryAttempts: 0 });
  onTestFinished(async () => {
    await client.dispose();
  });
  return { client, sockets };
}

const clients: Record<string, (socket: SocketClient) => Subscribe> = {
  'graphql-ws': (socket) => graphqlWsSubscribe(socket, http.eventId),

  urql(socket) {
    const client = new Client({
      url: `${http.url}/graphql`,
      preferGetMethod: false,
      exchanges: [overSocket(socket)],
    });
    return (afterVersion, sink) => {
      const following = client
        .subscription(SEAT_UPDATES, { eventId: http.eventId, afterVersion })
        .subscribe(({ data, error }) =>
          error === undefined ? passOn({ data: data as unknown }, sink) : sink.error(error),
        );
      return () => following.unsubscribe();
    };
  },

  Apollo(socket) {
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes: { SeatUpdate: ['SeatMapSnapshot', 'SeatsChanged'] } }),
      link: ApolloLink.from([new GraphQLWsLink(socket)]),
    });
    onTestFinished(() => client.stop());
    return (afterVersion, sink) => {
      const following = client
        .subscribe({
          query: gql(SEAT_UPDATES),
          variables: { eventId: http.eventId, afterVersion },
          fetchPolicy: 'no-cache',
        })
        .subscribe({
          next: ({ data, error }) => (error === undefined ? passOn({ data }, sink) : sink.error(error)),
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        });
      return () => following.unsubscribe();
    };
  },
};

async function holdOne(seat: number): Promise<void> {
  await holdSeats(http.context, {
    buyerId: aBuyer(),
    eventId: http.hall.eventId,
    seats: [seat],
    idempotencyKey: null,
    onConflict: 'FAIL',
  });
}

let nextSeat = 0;

describe.each(Object.entries(clients))('the seat feed with %s', (_, subscribeWith) => {
  it('has the right map, also after its connection was cut, and resumes from where it was', async () => {
    const { client, sockets } = aSocketClient();
    const subscribe = subscribeWith(client);
    const asked: (number | null)[] = [];
    /** Where each change led from the one before, as the page was told. */
    const told = new Map<number, string>();
    const feed = createSeatFeed({
      seatCount: http.hall.seatCount,
      subscribe: (afterVersion, sink) => {
        asked.push(afterVersion);
        return subscribe(afterVersion, sink);
      },
      onChange: ({ seats }) => {
        for (const { index, from, to } of seats) {
          expect(told.get(index) ?? 'AVAILABLE').toBe(from);
          told.set(index, to);
        }
      },
      // The machine's own time, but not half a second of it.
      environment: { random: () => 0 },
    });
    onTestFinished(() => feed.close());
    const isRight = () =>
      eventually('the map is right', async () => {
        const map = await readSeatMap(http.context.database.reads, http.hall.eventId);
        return (
          feed.state === 'live' && feed.version === map?.version && feed.states === map.states.toBase64()
        );
      });

    await isRight();
    await holdOne(nextSeat++);
    await isRight();
    for (let cut = 1; cut <= 3; cut++) {
      const before = feed.version;
      const [cutting] = sockets.slice(-1);
      cutting?.terminate();
      await holdOne(nextSeat++);
      await holdOne(nextSeat++);
      await eventually('it has subscribed anew', () => asked.length > cut);
      await isRight();
      expect(asked[cut]).toBeGreaterThanOrEqual(before ?? Infinity);
    }
    expect(asked[0]).toBeNull();
    expect(feed.statusOf(nextSeat - 1)).toBe('HELD');
    for (const [index, status] of told) expect(feed.statusOf(index)).toBe(status);

    feed.close();
    const { version } = feed;
    await holdOne(nextSeat++);
    expect([feed.version, feed.state]).toEqual([version, 'closed']);
  });
});

it('starts from a map that was fetched, and gets what has happened since', async () => {
  const response = await fetch(`${http.url}/events/${http.eventId}/seat-map`);
  const initial = (await response.json()) as { version: number; states: string };
  await holdOne(nextSeat++);
  const { client } = aSocketClient();
  const messages: unknown[] = [];
  const subscribe = graphqlWsSubscribe(client, http.eventId);
  const feed = createSeatFeed({
    seatCount: http.hall.seatCount,
    initial,
    subscribe: (afterVersion, sink) =>
      subscribe(afterVersion, {
        ...sink,
        next(update) {
          messages.push(update);
          sink.next(update);
        },
      }),
  });
  onTestFinished(() => feed.close());
  await eventually('it is live', () => feed.state === 'live');
  expect(messages[0]).toMatchObject({ __typename: 'SeatsChanged', fromVersion: initial.version });
  expect(feed.statusOf(nextSeat - 1)).toBe('HELD');
});

it('is told why it gets nothing, and may give up', async () => {
  const { client } = aSocketClient();
  const errors: unknown[] = [];
  const feed = createSeatFeed({
    seatCount: 1,
    subscribe: graphqlWsSubscribe(client, 'RXZlbnQ6OTk5OTk5'),
    onError(error) {
      errors.push(error);
      feed.close();
    },
  });
  await eventually('it was told', () => errors.length > 0);
  expect(errors).toEqual([
    [expect.objectContaining({ extensions: expect.objectContaining({ code: 'NOT_FOUND' }) as unknown })],
  ]);
});
