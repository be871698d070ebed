import { randomUUID } from 'node:crypto';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import type { AppContext } from '../../../src/main/context.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import type { BenchContext } from '../context.ts';
import { listGoals, ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, median } from '../measure.ts';

/** Number of holds that expire in the same second, one seat each. Buyers hold the other seats during the sweep. */
const OVERDUE = 90_000;
const TO_UPDATE_MIN = 0.6;
/** Goal for the 99th percentile of a buyer's hold meanwhile. */
const BUYERS_P99_MS_MAX = 20;

/**
 * Compares sweeping 90,000 overdue holds with one UPDATE of the same rows, which blocks all buyers until it finishes. Also
 * measures the latency of holds in the same event during the sweep.
 */
export async function runExpiry(ctx: BenchContext): Promise<string> {
  const updates: number[] = [];
  const sweeps: number[] = [];
  const waits: number[] = [];
  for (let pair = 0; pair < ctx.pairs; pair++) {
    await createOverdueEvent(ctx);
    updates.push(await measureMs(() => updateAtOnce(ctx.arena.db)));
    const eventId = await createOverdueEvent(ctx);
    let sweeping = true;
    const buyers = (async () => {
      for (let seat = OVERDUE; sweeping && seat < OVERDUE + 9_000; seat++)
        waits.push(await measureHoldMs(ctx, eventId, seat));
    })();
    sweeps.push(await measureMs(() => sweepAll(ctx.app)));
    sweeping = false;
    await buyers;
    await assertSwept(ctx.arena.db, eventId);
  }
  const rate = (ms: readonly number[]) => (OVERDUE / median(ms)) * 1000;
  const ratios = divideByRound(updates, sweeps);
  const p99Ms = quantile(waits, 0.99);
  const rows = [
    ['one UPDATE of the same rows', whole(rate(updates)), '1.0×', '–', '–'],
    ['the sweeper', whole(rate(sweeps)), ratioAndSpread(ratios), short(median(waits)), short(p99Ms)],
  ];
  const goals = [
    {
      goal: `at least ${TO_UPDATE_MIN} times the rate of one UPDATE`,
      measured: ratioAndSpread(ratios),
      isMet: median(ratios) >= TO_UPDATE_MIN,
    },
    {
      goal: `buyers wait at most ${BUYERS_P99_MS_MAX} ms (p99)`,
      measured: `${short(p99Ms)} ms`,
      isMet: p99Ms <= BUYERS_P99_MS_MAX,
    },
  ];
  const header = ['contender', 'holds/s', 'to one UPDATE', 'buyers wait p50 ms', 'p99 ms'];
  return `${table(header, rows)}\n\n${listGoals(goals)}`;
}

async function createOverdueEvent({ arena }: BenchContext): Promise<number> {
  const eventId = await arena.freshEvent();
  await arena.db.$executeRaw(sql`
    WITH made AS (
      INSERT INTO bookings (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at)
      SELECT ${eventId}, gen_random_uuid(), gen_random_uuid(), 'HOLD', 1, 4900, now() - interval '10 minutes', now()
      FROM generate_series(1, ${OVERDUE}::int) RETURNING id
    ), numbered AS (SELECT id, row_number() OVER () - 1 AS seat FROM made), claims AS (
      INSERT INTO booking_seats SELECT ${eventId}, id, seat, 'HOLD' FROM numbered
    ) UPDATE event_seats s SET status = 'HELD', current_booking_id = n.id FROM numbered n
      WHERE s.event_id = ${eventId} AND s.seat_index = n.seat`);
  await arena.db.$executeRaw(sql`UPDATE events SET seats_held = ${OVERDUE}::int WHERE id = ${eventId}`);
  await arena.db.$executeRawUnsafe('VACUUM ANALYZE bookings, booking_seats, event_seats');
  await arena.db.$executeRawUnsafe('CHECKPOINT');
  return eventId;
}

/** Updates all rows in one transaction, with all constraints and foreign keys enabled. */
async function updateAtOnce(db: PrismaClient): Promise<void> {
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw(sql`SET LOCAL session_replication_role = origin`);
      await tx.$executeRaw(sql`SET LOCAL enable_seqscan = off`);
      await tx.$executeRaw(
        sql`UPDATE event_seats SET status = 'AVAILABLE', current_booking_id = NULL WHERE status = 'HELD'`,
      );
      await tx.$executeRaw(
        sql`UPDATE bookings SET status = 'EXPIRED', ended_at = now() WHERE status = 'HOLD'`,
      );
      await tx.$executeRaw(sql`UPDATE events SET seats_held = 0, seat_version = seat_version + 1`);
    },
    { timeout: 300_000 },
  );
}

async function sweepAll(app: AppContext): Promise<void> {
  await expireHolds({ ...app, db: app.database.batches });
}

async function measureHoldMs({ app }: BenchContext, eventId: number, seat: number): Promise<number> {
  const startedAt = performance.now();
  await holdSeats(app, {
    buyerId: randomUUID(),
    eventId,
    seats: [seat],
    idempotencyKey: null,
    onConflict: 'FAIL',
  });
  return performance.now() - startedAt;
}

async function assertSwept(db: PrismaClient, eventId: number): Promise<void> {
  const [found] = await db.$queryRaw<{ overdue: number; expired: number }[]>(sql`
    SELECT (SELECT count(*)::int FROM bookings WHERE event_id = ${eventId} AND status = 'HOLD' AND hold_expires_at <= now()) AS overdue,
           (SELECT count(*)::int FROM bookings WHERE event_id = ${eventId} AND status = 'EXPIRED') AS expired`);
  if (found?.overdue !== 0 || found.expired !== OVERDUE)
    throw new Error(`not swept: ${JSON.stringify(found)}`);
}

async function measureMs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN;
}
