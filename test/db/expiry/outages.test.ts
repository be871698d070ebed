import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { readOverdueHolds } from '../../../src/booking/expiry/overdue-holds.sql.ts';
import { inspectBooking } from '../../../src/booking/inspect/inspect-booking.ts';
import { sql } from '../../../src/platform/database/db.ts';
import {
  endAbandonedOutage,
  holdDeadline,
  outagesReading,
  parseOutages,
  recordOutage,
  type OutageRow,
} from '../../../src/platform/service/outages.sql.ts';
import { getDeadlineMs, type RecordedOutages } from '../../../src/platform/service/outages.ts';
import { probeWrites } from '../../../src/platform/service/service.sql.ts';
import { readFreeSeats } from '../../../src/seating/map/seat-map.sql.ts';
import { assertInvariants, createBuyerId, unannounced } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, hall, hold, confirm, session } = bookingSuite();
const db = () => app().database.reads;
const sweep = () => expireHolds({ ...unannounced, db: app().database.batches, defaultHoldTtlMs: 300_000 });

// The audit at the end expects that outages were recorded before holds expired.
afterEach(() => db().outage.deleteMany());

/** Records as a process does: `sinceMs` ago writes stopped to work. */
function record(sinceMs: number, { isOver = true, creditMsMax = 3_600_000 } = {}): Promise<RecordedOutages> {
  return app().database.batches.$transaction(async (tx) => {
    await probeWrites(tx);
    return recordOutage(tx, { sinceMs, creditMsMax, isOver });
  });
}

/** A hold whose stored deadline passed a minute ago. */
async function makeOverdue(id: string): Promise<void> {
  await db().$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour',
    hold_expires_at = date_trunc('milliseconds', clock_timestamp() - interval '1 minute') WHERE id = ${id}::uuid`);
}

const MINUTES = 60_000;

describe('a hold whose deadline passed during an outage', () => {
  it('can be confirmed for as long as its buyer had left, and nobody takes its seats', async () => {
    const at = await hall();
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [0, 1]);
    await makeOverdue(id);
    await record(5 * MINUTES);
    await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    expect(await sweep()).toBe(0);
    expect((await readFreeSeats(db(), at.eventId, at.seatCount)).slice(0, 3)).toEqual(
      new Uint8Array([0, 0, 1]),
    );
    expect((await inspectBooking(db(), id)).booking.holdExpiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await confirm(at, buyerId, id)).toMatchObject({ status: 'CONFIRMED' });
    await assertInvariants(db());
    // The other tests forget the outage.
    await db().$executeRaw(
      sql`UPDATE bookings SET hold_expires_at = confirmed_at + interval '1 second' WHERE id = ${id}::uuid`,
    );
  });

  it('stands although a batch that takes its seats had begun before the outage was recorded', async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [0]);
    await makeOverdue(id);
    const unlock = await session(`BEGIN; SELECT FROM event_seats WHERE event_id = ${at.eventId} FOR UPDATE`);
    const other = hold(at, createBuyerId(), [0]);
    other.catch(() => undefined);
    await eventually('the batch waits for the seat', async () => {
      const [{ count }] = await db().$queryRaw<[{ count: number }]>(
        sql`SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return count > 0;
    });
    await record(5 * MINUTES);
    await unlock();
    await expect(other).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    // The other tests forget the outage, and count what is swept.
    await db().outage.deleteMany();
    expect(await sweep()).toBe(1);
  });

  it('ends as usual once that time is over', async () => {
    const at = await hall();
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [0]);
    await makeOverdue(id);
    // It began after the deadline, or lasted too short.
    await record(0.5 * MINUTES);
    await expect(confirm(at, buyerId, id)).rejects.toMatchObject({
      code: 'HOLD_EXPIRED',
    });
    expect(await sweep()).toBe(1);
    await assertInvariants(db());
  });

  it('stands while the outage lasts, but only up to the maximum', async () => {
    const at = await hall();
    const { id } = await hold(at, createBuyerId(), [0]);
    await makeOverdue(id);
    await record(5 * MINUTES, { isOver: false });
    expect(await sweep()).toBe(0);
    await db().$executeRaw(sql`UPDATE outages SET credited_until = started_at + interval '1 minute'`);
    expect(await sweep()).toBe(1);
  });
});

describe('processes that recover', () => {
  it('record one outage together, from the first start to the last end', async () => {
    const rows = await Promise.all([3, 5, 4].map((minutes) => record(minutes * MINUTES)));
    const outages = await db().outage.findMany();
    expect(outages).toHaveLength(1);
    const [outage] = outages;
    const lengthMs = Number(outage?.endedAt) - Number(outage?.startedAt);
    expect(lengthMs).toBeGreaterThanOrEqual(5 * MINUTES);
    expect(rows.map((each) => each.outages.length)).toEqual([1, 1, 1]);
  });

  it('keep an outage open until the last of them has ended it', async () => {
    await record(5 * MINUTES);
    await record(5 * MINUTES, { isOver: false });
    expect(await db().outage.findMany()).toMatchObject([{ endedAt: null }]);
    await record(5 * MINUTES);
    expect(await db().outage.count({ where: { endedAt: null } })).toBe(0);
  });

  it('do not touch an earlier outage', async () => {
    await record(5 * MINUTES);
    await db().$executeRaw(sql`UPDATE outages SET ended_at = started_at + interval '1 second'`);
    await record(1 * MINUTES);
    expect(await db().outage.count()).toBe(2);
  });

  it('leave an outage to others if they end, which end it after ten seconds without a probe', async () => {
    await record(5 * MINUTES, { isOver: false });
    expect(await endAbandonedOutage(db())).toBe(false);
    await db().$executeRaw(
      sql`UPDATE service_state SET probed_at = clock_timestamp() - interval '11 seconds'`,
    );
    expect(await endAbandonedOutage(db())).toBe(true);
    expect(await db().outage.count({ where: { endedAt: null } })).toBe(0);
  });
});

describe('decisions, SQL and reads', () => {
  it('agree on every deadline', async () => {
    const at = await hall({ rows: 2 });
    const seats = [0, 1, 2, 3, 4, 5];
    const holds = await Promise.all(seats.map((seat) => hold(at, createBuyerId(), [seat])));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        arbitraryOutages(),
        fc.array(arbitraryTimes(), { minLength: 6, maxLength: 6 }),
        async (outages, times) => {
          await plant(outages);
          await db()
            .$executeRaw(sql`UPDATE bookings SET created_at = clock_timestamp() - u.age * interval '1 ms',
            hold_expires_at = clock_timestamp() - u.age * interval '1 ms' + u.ttl * interval '1 ms'
            FROM unnest(${holds.map(({ id }) => id)}::uuid[], ${times.map(({ ageMs }) => ageMs)}::float8[],
              ${times.map(({ ttlMs }) => ttlMs)}::float8[]) AS u(id, age, ttl) WHERE bookings.id = u.id`);
          const [row] = await db().$queryRaw<[{ now: number; outages: OutageRow[] | null }]>(
            sql`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now, ${outagesReading} AS outages`,
          );
          const known = parseOutages(row.outages);
          const rows = await db().$queryRaw<
            { id: string; created: number; expires: number; deadline: number }[]
          >(sql`
          SELECT id::text, (extract(epoch FROM created_at) * 1000)::float8 AS created, (extract(epoch FROM hold_expires_at) * 1000)::float8 AS expires,
            (extract(epoch FROM ${holdDeadline(sql`bookings`)}) * 1000)::float8 AS deadline FROM bookings WHERE event_id = ${at.eventId}`);
          const overdue = new Set((await readOverdueHolds(db(), at.eventId, null, 100)).map(({ id }) => id));
          for (const { id, created, expires, deadline } of rows) {
            const decided = getDeadlineMs({ createdAtMs: created, holdExpiresAtMs: expires }, known, row.now);
            // An outage that lasts moves it between the two statements.
            expect(Math.abs(deadline - decided)).toBeLessThan(20_000);
            if (known.every(({ endedAtMs }) => endedAtMs !== null)) expect(deadline).toBe(decided);
            if (Math.abs(decided - row.now) > 20_000) expect(overdue.has(id)).toBe(decided <= row.now);
            compared++;
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(compared).toBe(240);
  });
});

interface Times {
  readonly ageMs: number;
  readonly ttlMs: number;
}

function arbitraryTimes(): fc.Arbitrary<Times> {
  return fc.record({
    ageMs: fc.integer({ min: 10_000, max: 900_000 }),
    ttlMs: fc.integer({ min: 1, max: 600_000 }),
  });
}

interface PlantedOutage {
  readonly agoMs: number;
  readonly lengthMs: number | null;
  readonly creditMs: number;
}

/** Up to five outages that do not overlap, of which the last may last. */
function arbitraryOutages(): fc.Arbitrary<PlantedOutage[]> {
  const part = fc.record({
    pauseMs: fc.integer({ min: 1, max: 200_000 }),
    lengthMs: fc.integer({ min: 1, max: 200_000 }),
    creditMs: fc.nat(300_000),
  });
  return fc.tuple(fc.array(part, { maxLength: 5 }), fc.boolean()).map(([parts, lasts]) => {
    let agoMs = 1_200_000;
    const outages = parts.flatMap(({ pauseMs, lengthMs, creditMs }) => {
      const startsAgoMs = agoMs - pauseMs;
      agoMs = startsAgoMs - lengthMs;
      return agoMs <= 0 ? [] : [{ agoMs: startsAgoMs, lengthMs, creditMs }];
    });
    return outages.map((outage, i) =>
      lasts && i === outages.length - 1 ? { ...outage, lengthMs: null } : outage,
    );
  });
}

async function plant(outages: readonly PlantedOutage[]): Promise<void> {
  await db().outage.deleteMany();
  await db().$executeRaw(sql`INSERT INTO outages (started_at, ended_at, credited_until)
    SELECT now - o.ago * interval '1 ms', now - o.ago * interval '1 ms' + o.length * interval '1 ms', now - o.ago * interval '1 ms' + o.credit * interval '1 ms'
    FROM (SELECT date_trunc('milliseconds', clock_timestamp()) AS now OFFSET 0) AS clock, unnest(${outages.map(({ agoMs }) => agoMs)}::float8[],
      ${outages.map(({ lengthMs }) => lengthMs)}::float8[], ${outages.map(({ creditMs }) => creditMs)}::float8[]) AS o(ago, length, credit)`);
}
