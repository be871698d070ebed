import { randomUUID } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client } from '@urql/core';
import { createClient, type Client as SocketClient, type ClientOptions } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { holdSeats } from '../../src/booking/operations/hold-seats.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { readSeatMap } from '../../src/seating/map/seat-map.sql.ts';
import {
  createSeatFeed,
  type SeatFeed,
  type SeatFeedTransport,
} from '../../src/web/seat-feed/create-seat-feed.ts';
import {
  graphqlWsTransport,
  passOn,
  SEAT_UPDATES,
  watchConnection,
} from '../../src/web/seat-feed/graphql-ws.ts';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import { createBuyerId } from '../support/booking.ts';
import { eventually } from '../support/eventually.ts';
import { startForgetfulProxy } from '../support/proxies/forgetful-proxy.ts';
import { createHall } from '../support/hall.ts';
import { overSocket } from './urql-over-socket.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

/** Returns a graphql-ws client and the sockets that it opened. */
function aSocketClient(
  httpUrl = http.url,
  options: Partial<ClientOptions> = {},
): { readonly client: SocketClient; readonly sockets: WebSocket[] } {
  const sockets: WebSocket[] = [];
  class Kept extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  const url = new URL('/graphql', httpUrl.replace('http', 'ws')).href;
  const client = createClient({ url, webSocketImpl: Kept, retryAttempts: 0, ...options });
  onTestFinished(async () => {
    await client.dispose();
  });
  return { client, sockets };
}

const clients: Record<string, (socket: SocketClient) => SeatFeedTransport> = {
  'graphql-ws': (socket) => graphqlWsTransport(socket, http.eventId),

  urql(socket) {
    const client = new Client({
      url: `${http.url}/graphql`,
      preferGetMethod: false,
      exchanges: [overSocket(socket)],
    });
    const subscribe: SeatFeedTransport['subscribe'] = (afterVersion, sink) => {
      const following = client
        .subscription(SEAT_UPDATES, { eventId: http.eventId, afterVersion })
        .subscribe(({ data, error, hasNext }) => {
          if (error !== undefined) sink.error(error);
          else if (hasNext) passOn({ data: data as unknown }, sink);
          else sink.complete();
        });
      return () => following.unsubscribe();
    };
    return { subscribe, ...watchConnection(socket) };
  },

  Apollo(socket) {
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes: { SeatUpdate: ['SeatMapSnapshot', 'SeatsChanged'] } }),
      link: ApolloLink.from([new GraphQLWsLink(socket)]),
    });
    onTestFinished(() => client.stop());
    const subscribe: SeatFeedTransport['subscribe'] = (afterVersion, sink) => {
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
    return { subscribe, ...watchConnection(socket) };
  },
};

async function holdOne(seat: number): Promise<void> {
  await holdSeats(http.context, {
    buyerId: createBuyerId(),
    eventId: http.hall.eventId,
    seats: [seat],
    idempotencyKey: null,
    onConflict: 'FAIL',
  });
}

let nextSeat = 0;

function untilRight(feed: SeatFeed): Promise<void> {
  return eventually('the map is right', async () => {
    const map = await readSeatMap(http.context.database.reads, http.hall.eventId);
    return feed.state === 'live' && feed.version === map?.version && feed.states === map.states.encode();
  });
}

describe.each(Object.entries(clients))('the seat feed with %s', (_, transportOf) => {
  it('shows the correct map and resumes from its version after its connection was cut', async () => {
    const { client, sockets } = aSocketClient();
    const transport = transportOf(client);
    const asked: (number | null)[] = [];
    /** For each change, the version that it led to, as reported to the page. */
    const reported = new Map<number, string>();
    const wrong: unknown[] = [];
    const feed = createSeatFeed({
      seatCount: http.hall.seatCount,
      subscribe: (afterVersion, sink) => {
        asked.push(afterVersion);
        return transport.subscribe(afterVersion, sink);
      },
      onChange: ({ seats }) => {
        for (const { index, from, to } of seats) {
          if ((reported.get(index) ?? 'AVAILABLE') !== from) wrong.push({ index, from, to });
          reported.set(index, to);
        }
      },
      // The machine's time, but without jitter.
      environment: { random: () => 0 },
    });
    onTestFinished(() => feed.close());

    await untilRight(feed);
    await holdOne(nextSeat++);
    await untilRight(feed);
    for (let cut = 1; cut <= 3; cut++) {
      const before = feed.version;
      const [cutting] = sockets.slice(-1);
      cutting?.terminate();
      await holdOne(nextSeat++);
      await holdOne(nextSeat++);
      await eventually('it has subscribed again', () => asked.length > cut);
      await untilRight(feed);
      expect(asked[cut]).toBeGreaterThanOrEqual(before ?? Infinity);
    }
    expect(asked[0]).toBeNull();
    expect(feed.statusOf(nextSeat - 1)).toBe('HELD');
    expect(wrong).toEqual([]);
    for (let seat = 0; seat < nextSeat; seat++) expect(reported.get(seat)).toBe('HELD');

    feed.close();
    const { version } = feed;
    const other = createSeatFeed({ seatCount: http.hall.seatCount, ...transport });
    onTestFinished(() => other.close());
    await holdOne(nextSeat++);
    await untilRight(other);
    expect([feed.version, feed.state]).toEqual([version, 'closed']);
  });

  it('notices a dead connection without being told', async () => {
    await using proxy = await startForgetfulProxy(() => http.port);
    const { client, sockets } = aSocketClient(proxy.url(http.url), { keepAlive: 50 });
    watchConnection(client, 200);
    const feed = createSeatFeed({ seatCount: http.hall.seatCount, ...transportOf(client) });
    onTestFinished(() => feed.close());
    await untilRight(feed);
    proxy.forget();
    await holdOne(nextSeat++);
    await untilRight(feed);
    expect(sockets.length).toBeGreaterThan(1);
  });
});

it('leaves a dead connection when it is told to restart', async () => {
  await using proxy = await startForgetfulProxy(() => http.port);
  // Without pings, nothing else would notice.
  const { client, sockets } = aSocketClient(proxy.url(http.url));
  const feed = createSeatFeed({
    seatCount: http.hall.seatCount,
    ...graphqlWsTransport(client, http.eventId),
  });
  onTestFinished(() => feed.close());
  await untilRight(feed);
  proxy.forget();
  await holdOne(nextSeat++);
  feed.reconnect();
  await untilRight(feed);
  expect(sockets).toHaveLength(2);
});

it('starts from a fetched map and receives the changes since', async () => {
  const response = await fetch(`${http.url}/events/${http.eventId}/seat-map`);
  const initial = (await response.json()) as { version: number; states: string };
  await holdOne(nextSeat++);
  const { client } = aSocketClient();
  const messages: unknown[] = [];
  const transport = graphqlWsTransport(client, http.eventId);
  const feed = createSeatFeed({
    seatCount: http.hall.seatCount,
    initial,
    subscribe: (afterVersion, sink) =>
      transport.subscribe(afterVersion, {
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

it('receives the reason why a subscription fails, and may give up', async () => {
  const { client } = aSocketClient();
  const errors: unknown[] = [];
  const feed = createSeatFeed({
    seatCount: 1,
    ...graphqlWsTransport(client, 'RXZlbnQ6OTk5OTk5'),
    onError(error) {
      errors.push(error);
      feed.close();
    },
  });
  await eventually('it has an error', () => errors.length > 0);
  expect(errors).toEqual([
    [expect.objectContaining({ extensions: expect.objectContaining({ code: 'NOT_FOUND' }) as unknown })],
  ]);
});

it('reconnects with a new token when its private subscription’s token has expired', async () => {
  const organizerId = randomUUID();
  const draft = await createHall(http.context.database.reads, { status: 'DRAFT', organizerId });
  let tokens = 0;
  const { client, sockets } = aSocketClient(http.url, {
    connectionParams: async () => {
      const viewer = { userId: organizerId, role: 'ORGANIZER' } as const;
      const { token } = await http.context.identity.issue(viewer, tokens++ === 0 ? 2 : 60);
      return { authorization: token };
    },
  });
  const errors: unknown[] = [];
  const feed = createSeatFeed({
    seatCount: draft.seatCount,
    ...graphqlWsTransport(client, encodeEventId(draft.eventId)),
    onError: (error) => void errors.push(error),
    environment: { random: () => 0 },
  });
  onTestFinished(() => feed.close());
  await eventually('it is live', () => feed.state === 'live');
  await eventually('it is live again', () => errors.length > 0 && feed.state === 'live');
  expect(errors).toEqual([
    [
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) as unknown,
      }),
    ],
  ]);
  expect([sockets.length, tokens]).toEqual([2, 2]);
});
