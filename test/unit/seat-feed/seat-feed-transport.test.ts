import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeatFeedSink } from '../../../src/web/seat-feed/create-seat-feed.ts';
import {
  graphqlWsTransport,
  watchConnection,
  type GraphQLWsClient,
} from '../../../src/web/seat-feed/graphql-ws.ts';

const map = { version: 5, states: 'AA==' };

describe('the adapter for graphql-ws', () => {
  it('passes on data, and takes errors for what they are', () => {
    const seen: unknown[] = [];
    const sink: SeatFeedSink = {
      next: (update) => seen.push(update),
      error: (error) => seen.push({ error }),
      complete: () => seen.push('complete'),
    };
    const client: GraphQLWsClient = {
      on: () => () => undefined,
      terminate: () => undefined,
      subscribe({ variables }, results) {
        seen.push(variables);
        results.next({ data: { seatUpdates: map } });
        results.next({ data: null, errors: [{ message: 'no' }] });
        results.next({});
        results.complete();
        return () => undefined;
      },
    };
    graphqlWsTransport(client, 'RXZlbnQ6MQ==').subscribe(3, sink);
    expect(seen).toEqual([
      { eventId: 'RXZlbnQ6MQ==', afterVersion: 3 },
      map,
      { error: [{ message: 'no' }] },
      { error: 'a result without data' },
      'complete',
    ]);
  });
});

describe('an expired token', () => {
  const unauthenticated = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] };

  it.each([
    ['makes the adapter leave the connection, which would keep it', unauthenticated, 1],
    ['is no other error', { errors: [{ message: 'no', extensions: { code: 'BUSY' } }] }, 0],
    ['is no error of another shape', { errors: [null, { message: 'no' }, 'no'] }, 0],
    ['is no data', { data: { seatUpdates: map } }, 0],
  ])('%s', (_name, result, terminated) => {
    const seen: unknown[] = [];
    const client = {
      terminated: 0,
      on: () => () => undefined,
      // By then the feed knows, and waits: it must not take the lost connection for another failure.
      terminate: () => (client.terminated++, seen.push('terminated')),
      subscribe: (_payload: unknown, results: { next(result: object): void }) => (
        results.next(result),
        () => undefined
      ),
    };
    const sink: SeatFeedSink = {
      next: (update) => seen.push(update),
      error: (errors) => seen.push({ errors }),
      complete: () => seen.push('complete'),
    };
    graphqlWsTransport(client, 'RXZlbnQ6MQ==').subscribe(null, sink);
    expect(client.terminated).toBe(terminated);
    if (terminated > 0) expect(seen).toEqual([unauthenticated, 'terminated']);
  });
});

describe('a connection that is watched', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** A client whose events the test makes up. */
  function aClient() {
    const listeners = new Map<string, ((received: boolean) => void)[]>();
    const client = {
      on(event: string, listener: (received: boolean) => void) {
        listeners.set(event, [...(listeners.get(event) ?? []), listener]);
        return () => undefined;
      },
      terminated: 0,
      terminate() {
        client.terminated++;
        emit('closed');
      },
    };
    const emit = (event: string, received = false) => {
      for (const listener of listeners.get(event) ?? []) listener(received);
    };
    return { client, emit };
  }

  it('is abandoned when a ping is not answered in time, and is left alone when it is', () => {
    const { client, emit } = aClient();
    watchConnection(client, 5_000);
    emit('connected');
    emit('ping');
    emit('pong', true);
    vi.advanceTimersByTime(60_000);
    expect(client.terminated).toBe(0);
    emit('ping');
    // The other side's pings, and the pongs that answer them, say nothing of the way there and back.
    emit('ping', true);
    emit('pong', false);
    vi.advanceTimersByTime(4_999);
    expect(client.terminated).toBe(0);
    vi.advanceTimersByTime(1);
    expect(client.terminated).toBe(1);
  });

  it('does not blame the next connection for the pings of the last', () => {
    const { client, emit } = aClient();
    watchConnection(client, 5_000);
    emit('ping');
    emit('closed');
    emit('connected');
    vi.advanceTimersByTime(60_000);
    expect(client.terminated).toBe(0);
  });

  it('is watched once, and abandoned once, however many feeds are on it', () => {
    const { client, emit } = aClient();
    const [first, second] = [watchConnection(client), watchConnection(client)];
    first.abandon();
    // By now another one is being made.
    second.abandon();
    expect(client.terminated).toBe(1);
    emit('connected');
    second.abandon();
    expect(client.terminated).toBe(2);
  });
});
