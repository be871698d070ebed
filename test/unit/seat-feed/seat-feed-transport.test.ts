import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeatFeedSink } from '../../../src/web/seat-feed/create-seat-feed.ts';
import {
  graphqlWsTransport,
  watchConnection,
  type GraphQLWsClient,
} from '../../../src/web/seat-feed/graphql-ws.ts';

const map = { version: 5, states: 'AA==' };

describe('the graphql-ws transport', () => {
  it('passes data and errors to the feed', () => {
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

describe('a result of the subscription', () => {
  const unauthenticated = { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] };

  it.each([
    ['with an expired token ends the connection', unauthenticated, 1],
    ['with another error does not', { errors: [{ message: 'no', extensions: { code: 'BUSY' } }] }, 0],
    ['with an error of another shape does not', { errors: [null, { message: 'no' }, 'no'] }, 0],
    ['with data does not', { data: { seatUpdates: map } }, 0],
  ])('%s', (_name, result, terminated) => {
    const seen: unknown[] = [];
    const client = {
      terminated: 0,
      on: () => () => undefined,
      // The feed must receive the error first, so that it does not count the lost connection as a second failure.
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

describe('a watched connection', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Creates a client whose events the test emits. */
  function createClient() {
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

  it('is abandoned if and only if a ping is not answered in time', () => {
    const { client, emit } = createClient();
    watchConnection(client, 5_000);
    emit('connected');
    emit('ping');
    emit('pong', true);
    vi.advanceTimersByTime(60_000);
    expect(client.terminated).toBe(0);
    emit('ping');
    // Pings of the server and the pongs for them do not prove that a round trip works.
    emit('ping', true);
    emit('pong', false);
    vi.advanceTimersByTime(4_999);
    expect(client.terminated).toBe(0);
    vi.advanceTimersByTime(1);
    expect(client.terminated).toBe(1);
  });

  it('ignores unanswered pings of an earlier connection', () => {
    const { client, emit } = createClient();
    watchConnection(client, 5_000);
    emit('ping');
    emit('closed');
    emit('connected');
    vi.advanceTimersByTime(60_000);
    expect(client.terminated).toBe(0);
  });

  it('is abandoned once, even if several feeds use it', () => {
    const { client, emit } = createClient();
    const [first, second] = [watchConnection(client), watchConnection(client)];
    first.abandon();
    // The client is opening a new connection.
    second.abandon();
    expect(client.terminated).toBe(1);
    emit('connected');
    second.abandon();
    expect(client.terminated).toBe(2);
  });
});
