import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as apollo from '../../docs/examples/apollo.ts';
import type {
  Booking,
  ConfirmResult,
  EventSummary,
  Hold,
  HoldInput,
  HoldResult,
} from '../../docs/examples/data.ts';
import * as plainFetch from '../../docs/examples/plain-fetch.ts';
import {
  describeHold,
  holdWithRetry,
  loadLayout,
  readServerClock,
  startCountdown,
} from '../../docs/examples/purchase.ts';
import * as relay from '../../docs/examples/relay.ts';
import * as urql from '../../docs/examples/urql.ts';
import type { SeatFeed, SeatFeedOptions } from '../../src/web/seat-feed/create-seat-feed.ts';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import { eventually } from '../support/eventually.ts';

/** What the example of each client exports. */
interface Example<Client> {
  connect(origin: string, getToken: () => string | null): Client;
  startSession(client: Client): Promise<string>;
  listEvents(client: Client): Promise<EventSummary[]>;
  loadSeatMap(client: Client, eventId: string): Promise<SeatMap | null>;
  watchSeats(client: Client, eventId: string, options: Omit<SeatFeedOptions, 'subscribe'>): SeatFeed;
  holdSeats(client: Client, input: HoldInput): Promise<HoldResult>;
  confirmBooking(client: Client, bookingId: string): Promise<ConfirmResult | null>;
  releaseBooking(client: Client, bookingId: string): Promise<ConfirmResult | null>;
  listBookings(client: Client, pageSize: number): Promise<Booking[]>;
  refetchBooking(client: Client, id: string): Promise<Booking | null>;
  close(client: Client): Promise<void> | void;
}

interface SeatMap {
  readonly version: number;
  readonly states: string;
  readonly layoutUrl: string;
}

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

let nextSeat = 0;
const takeSeatId = () => http.seatId(nextSeat++);

async function open<Client>(example: Example<Client>): Promise<Client> {
  let token: string | null = null;
  const client = example.connect(http.url, () => token);
  onTestFinished(() => example.close(client));
  token = await example.startSession(client);
  return client;
}

function expectHold(result: HoldResult): asserts result is Hold {
  expect(result).toMatchObject({ __typename: 'Booking', status: 'HOLD' });
}

function describeExample<Client>(name: string, example: Example<Client>): void {
  describe(`the example for ${name}`, () => {
    it('lists events, and loads the layout and the map of one', async () => {
      const client = await open(example);
      expect(await example.listEvents(client)).toContainEqual(
        expect.objectContaining({ id: http.eventId, name: 'Test Night' }),
      );
      const map = await example.loadSeatMap(client, http.eventId);
      const layout = await loadLayout(http.url, map?.layoutUrl ?? '');
      expect(layout.seatIds).toHaveLength(http.hall.seatCount);
      expect(layout.seatIds[3]).toBe(http.seatId(3));
    });

    it('shows the live map from a loaded one, and resumes on a new connection', async () => {
      const client = await open(example);
      const initial = await example.loadSeatMap(client, http.eventId);
      if (initial === null) throw new Error('the event has no map');
      const indexes = [nextSeat, nextSeat + 1] as const;
      const feed = example.watchSeats(client, http.eventId, { seatCount: http.hall.seatCount, initial });
      onTestFinished(() => feed.close());
      for (const index of indexes) {
        await eventually('the map is live', () => feed.state === 'live');
        expectHold(await example.holdSeats(client, { eventId: http.eventId, seatIds: [takeSeatId()] }));
        await eventually('the map shows the hold', () => feed.statusOf(index) === 'HELD');
        feed.reconnect();
      }
      await eventually('the map is live again', () => feed.state === 'live');
      expect(indexes.map((index) => feed.statusOf(index))).toEqual(['HELD', 'HELD']);
    });

    it('holds seats once for a key, and returns a typed error for taken ones', async () => {
      const client = await open(example);
      const input = { eventId: http.eventId, seatIds: [takeSeatId()], idempotencyKey: 'a key' };
      const first = await example.holdSeats(client, input);
      expectHold(first);
      expect(await example.holdSeats(client, input)).toMatchObject({ id: first.id });
      const { idempotencyKey: _, ...withoutKey } = input;
      const taken = await example.holdSeats(client, withoutKey);
      expect(taken).toMatchObject({ __typename: 'SeatsUnavailableError', code: 'SEATS_UNAVAILABLE' });
      expect(describeHold(taken)).toMatch(/^No longer available: Block A, row \d+, seat \d+$/);
    });

    it('confirms and releases, pages through bookings, and reads one again by its ID', async () => {
      const client = await open(example);
      const hold = async () => {
        const held = await example.holdSeats(client, { eventId: http.eventId, seatIds: [takeSeatId()] });
        expectHold(held);
        return held.id;
      };
      const ids = [await hold(), await hold(), await hold()] as const;
      expect(await example.confirmBooking(client, ids[0])).toMatchObject({ status: 'CONFIRMED' });
      expect(await example.releaseBooking(client, ids[1])).toMatchObject({ status: 'RELEASED' });
      expect(await example.confirmBooking(client, ids[1])).toMatchObject({ code: 'BOOKING_STATE' });
      const bookings = await example.listBookings(client, 2);
      expect(bookings.map(({ id, status }) => [id, status])).toEqual([
        [ids[2], 'HOLD'],
        [ids[1], 'RELEASED'],
        [ids[0], 'CONFIRMED'],
      ]);
      expect(await example.refetchBooking(client, ids[0])).toMatchObject({ id: ids[0], status: 'CONFIRMED' });
    });
  });
}

describeExample('plain fetch', plainFetch);
describeExample('Apollo Client', apollo);
describeExample('urql', urql);
describeExample('Relay', relay);

describe('the purchase', () => {
  const choose = () => ({ eventId: http.eventId, seatIds: [takeSeatId()] });

  it('is repeated while the server is busy', async () => {
    const client = await open(plainFetch);
    const locking = new pg.Client({ connectionString: http.context.config.databaseUrl });
    await locking.connect();
    onTestFinished(() => locking.end());
    await locking.query('BEGIN');
    await locking.query('SELECT 1 FROM event_seats WHERE event_id = $1 FOR UPDATE', [http.hall.eventId]);
    const results: HoldResult[] = [];
    const result = await holdWithRetry(async (input) => {
      const received = await plainFetch.holdSeats(client, input);
      results.push(received);
      await locking.query('ROLLBACK');
      return received;
    }, choose());
    expectHold(result);
    expect(results).toMatchObject([
      { __typename: 'BusyError', outcomeUnknown: false },
      { __typename: 'Booking' },
    ]);
  });

  it.each<[string, (result: HoldResult) => HoldResult]>([
    [
      'the server cannot tell its outcome',
      () => ({
        __typename: 'BusyError',
        code: 'BUSY',
        message: '',
        outcomeUnknown: true,
        retryAfterSeconds: 0,
      }),
    ],
    [
      'its response is lost',
      () => {
        throw new TypeError('fetch failed');
      },
    ],
  ])('holds seats once even if %s', async (_, lose) => {
    const client = await open(plainFetch);
    const results: HoldResult[] = [];
    const result = await holdWithRetry(async (input) => {
      const received = await plainFetch.holdSeats(client, input);
      results.push(received);
      return results.length === 1 ? lose(received) : received;
    }, choose());
    expectHold(result);
    expect(results.map((received) => 'id' in received && received.id)).toEqual([result.id, result.id]);
    expect(await plainFetch.listBookings(client, 20)).toHaveLength(1);
  });

  it('counts down to the deadline, and stops', async () => {
    const deadline = Date.now() + 10_000;
    const hold = {
      createdAt: new Date(deadline - 5_000).toISOString(),
      holdExpiresAt: new Date(deadline).toISOString(),
    } as Hold;
    const shown: number[] = [];
    const stop = startCountdown(hold, performance.now(), (seconds) => shown.push(seconds));
    onTestFinished(stop);
    expect(shown.every((seconds) => seconds === 4)).toBe(true);
    startCountdown(hold, performance.now() - 5_000, (seconds) => shown.push(seconds));
    expect(shown.at(-1)).toBe(0);
  });

  it('has a clock that is never behind the server', async () => {
    const now = await readServerClock(http.url);
    expect(now()).toBeGreaterThanOrEqual(Date.now());
  });
});
