import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditCachedMaps } from '../../../src/booking/audit/maps/cached-maps.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { SeatMapCache, seatMapKey } from '../../../src/seating/map/seat-map-cache.ts';
import type { SeatMap } from '../../../src/seating/map/seat-map.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { createBuyerId, silent } from '../../support/booking.ts';
import { makeBatchId } from '../../support/batch-ids.ts';
import { createHall } from '../../support/hall.ts';
import { startAuditBench, type AuditBench } from './audit.fixture.ts';

const AUDITS = 200;

let bench: AuditBench;
let cache: SeatMapCache;
let key: string;
let seatCount: number;
/** Reads the event's map from the database. */
let truth: SeatMap;

beforeAll(async () => {
  bench = await startAuditBench();
  cache = new SeatMapCache(bench.redis, silent);
  key = seatMapKey(bench.hall.eventId);
  seatCount = bench.hall.seatCount;
  const map = await readSeatMap(bench.app.database.reads, bench.hall.eventId);
  if (map === null) throw new Error('there is no map');
  truth = { ...map, states: map.states.encode() };
});

afterAll(() => bench[Symbol.asyncDispose]());

beforeEach(() => bench.redis.del(key));

const store = (change: Partial<SeatMap>) =>
  cache.store(bench.hall.eventId, seatCount, { ...truth, ...change });
/** Flips bits of seats 8 to 11. */
const flipped = () => {
  const bytes = Buffer.from(truth.states, 'base64');
  bytes[2] = (bytes[2] ?? 0) ^ 0b11_00_00_01;
  return bytes.toString('base64');
};

async function found(): Promise<readonly string[]> {
  const { findings } = await bench.audit();
  return findings.flatMap(({ id, breaches }) =>
    breaches.map(({ seatIndex, fault }) => `${id} ${seatIndex} ${fault}`),
  );
}

describe('the audit of the cached maps', () => {
  it("accepts a map that equals the database's, an older one, and a missing one", async () => {
    expect(await found()).toEqual([]);
    await store({});
    expect(await found()).toEqual([]);
    await bench.redis.del(key);
    await store({ version: truth.version - 1, states: flipped() });
    expect(await found()).toEqual([]);
  });

  it('finds wrong seats, and reports the first', async () => {
    await store({ states: flipped() });
    expect(await found()).toEqual([
      `I10 8 the cached map of version ${truth.version} shows BOOKED, the seat is BLOCKED; 2 seat(s) are wrong in it`,
    ]);
    expect((await bench.audit()).breaches).toBe(1);
  });

  it('finds a version that the database has not reached', async () => {
    await store({ version: truth.version + 1 });
    expect(await found()).toEqual([
      `I10 null the cached map has version ${truth.version + 1}, the event is at ${truth.version}`,
    ]);
  });

  it('finds a map of another hall', async () => {
    await cache.store(bench.hall.eventId, seatCount + 8, {
      ...truth,
      states: `${truth.states.slice(0, -4)}AAAA`,
    });
    expect(await found()).toEqual([
      `I10 null the cached map of version ${truth.version} is not one of ${seatCount} seats`,
    ]);
  });

  it('ignores a value that is not a map, which no reader uses', async () => {
    await bench.redis.set(key, 'good morning');
    expect(await found()).toEqual([]);
  });

  it('counts wrong maps in addition to wrong counters', async () => {
    await store({ version: truth.version + 1 });
    await bench.plant('UPDATE events SET seats_held = seats_held + 1');
    const { findings } = await bench.audit();
    await bench.plant('UPDATE events SET seats_held = seats_held - 1');
    expect(findings.find(({ id }) => id === 'I10')).toMatchObject({ count: 2, unchecked: null });
  });

  it('checks the counters without Redis, and reports that', async () => {
    const report = await bench.audit({ cachedMaps: null });
    expect(printReport(report)).toMatch(/I10 .+ 0, not checked: cached maps: no Redis is configured/);
    const away = { readMany: () => Promise.reject(new Error('Connection is closed.')) };
    expect(printReport(await bench.audit({ cachedMaps: away }))).toContain('Connection is closed.');
  });

  it(`raises no alarm in ${AUDITS} audits while seats change hands and readers store maps`, async () => {
    const { app } = bench;
    const at = await createHall(app.database.reads);
    const { eventId } = at;
    app.committed.length = 0;
    let going = true;
    let compared = 0;
    const trade = async (seat: number) => {
      while (going) {
        const buyerId = createBuyerId();
        const order = { buyerId, eventId, idempotencyKey: null, onConflict: 'FAIL' as const };
        const { id } = await holdSeats(app, { ...order, seats: [seat] });
        await releaseBooking(app, { buyerId, eventId, bookingId: id });
        for (const message of app.committed.splice(0)) await cache.change(message);
      }
    };
    const read = async () => {
      while (going) {
        const map = await readSeatMap(app.database.reads, eventId);
        if (map === null) throw new Error('there is no map');
        await cache.store(eventId, at.seatCount, { ...map, states: map.states.encode() });
      }
    };
    const others = [trade(0), trade(1), trade(2), read()];
    const counted = {
      async readMany(eventIds: readonly number[]) {
        const found = await cache.readMany(eventIds);
        compared += found.filter((map) => map !== null).length;
        return found;
      },
    };
    try {
      for (let i = 0; i < AUDITS; i++)
        expect(await auditCachedMaps(app.database.worker, counted)).toMatchObject({ count: 0 });
    } finally {
      going = false;
      await Promise.all(others);
    }
    expect(compared).toBeGreaterThan(AUDITS / 2);
  });

  it('checks every event, page by page', async () => {
    const db = bench.app.database.worker;
    for (let i = 0; i < 12; i++) await createHall(db, { rows: 1, seatsPerRow: 5 });
    await db.$executeRaw(sql`INSERT INTO events (organizer_id, venue_id, name, starts_at, on_sale_at, sale_ends_at, cancelable_until, currency, seat_limit, seats_total)
      SELECT organizer_id, venue_id, name, starts_at, on_sale_at, sale_ends_at, cancelable_until, currency, seat_limit, 0
      FROM events, generate_series(1, 10) WHERE id <> ${bench.hall.eventId}`);
    const events = await db.event.findMany({ select: { id: true } });
    for (const { id } of events)
      await cache.store(id, 5, { version: 1_000, batchId: makeBatchId(1_000), states: 'AAA=' });
    const asked: number[] = [];
    const counted = {
      readMany(eventIds: readonly number[]) {
        asked.push(eventIds.length);
        return cache.readMany(eventIds);
      },
    };
    const { count, breaches } = await auditCachedMaps(db, counted);
    expect([count, breaches.length]).toEqual([events.length, 20]);
    expect(Math.max(...asked)).toBe(50);
  });
});
