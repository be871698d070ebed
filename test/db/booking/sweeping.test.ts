import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HoldSweeper } from '../../../src/booking/expiry/hold-sweeper.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { createBuyerId, silent, unannounced } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, databaseUrl, session, hall, hold } = bookingSuite();

let database: Database;
beforeAll(() => {
  database = connectDatabase(databaseUrl(), silent);
});
afterAll(() => database.close());

function startSweeper() {
  const lines: { bookingId?: string }[] = [];
  const logger = {
    ...silent,
    error: (line: { bookingId?: string }) => lines.push(line),
  } as unknown as typeof silent;
  const db = database.batches;
  const sweeper = new HoldSweeper({ ...unannounced, db, logger, defaultHoldTtlMs: 300_000 });
  return { sweeper, lines };
}

/** Holds each seat, and lets all holds expire, in the order of the seats. */
async function overdueHolds(at: Hall, count: number): Promise<string[]> {
  const seats = Array.from({ length: count }, (_, seat) => seat);
  const holds = await Promise.all(seats.map((seat) => hold(at, createBuyerId(), [seat])));
  await app().database.reads
    .$executeRaw(sql`UPDATE bookings b SET created_at = created_at - interval '1 hour',
      hold_expires_at = date_trunc('milliseconds', clock_timestamp()) - interval '1 minute' + interval '1 millisecond' * bs.seat_index
    FROM booking_seats bs WHERE bs.event_id = b.event_id AND bs.booking_id = b.id AND b.event_id = ${at.eventId}`);
  return holds.map(({ id }) => id);
}

function standing({ eventId }: Hall): Promise<number> {
  return app().database.reads.booking.count({ where: { eventId, status: 'HOLD' } });
}

/** Returns the number of sweeps that wait for the lock on an event. */
async function waitingForEvents(): Promise<number> {
  const [row] = await app().database.reads.$queryRaw<{ count: number }[]>(sql`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%raiseVersion%' AND pid <> pg_backend_pid()`);
  return row?.count ?? 0;
}

const large = { rows: 45, seatsPerRow: 50 };

describe('the sweeper', () => {
  it('sweeps other events while one with thousands of overdue holds is locked, and sweeps that one later', async () => {
    const [locked, other] = [await hall(large), await hall()];
    await overdueHolds(locked, 2_100);
    const { sweeper } = startSweeper();
    const unlock = await session(`BEGIN; SELECT 1 FROM events WHERE id = ${locked.eventId} FOR UPDATE`);
    await sweeper.scan();
    await sweeper.idle();
    await sweeper.scan();
    await eventually('the sweep of the locked event waits', async () => (await waitingForEvents()) === 1);
    await overdueHolds(other, 3);
    await sweeper.scan();
    await eventually('the other event is swept', async () => (await standing(other)) === 0);
    expect(await standing(locked)).toBe(2_100);
    // Once it has failed, it takes one turn after the other.
    expect(await waitingForEvents()).toBe(1);
    await unlock();
    await eventually('the locked event is swept', async () => {
      await sweeper.scan();
      return (await standing(locked)) === 0;
    });
    await sweeper.stop();
  });

  it('sweeps an event behind more locked ones than it sweeps at once', async () => {
    const locked = await Promise.all(Array.from({ length: 12 }, () => hall({ rows: 1 })));
    for (const at of locked) await overdueHolds(at, 1);
    const behind = await hall({ rows: 1 });
    const ids = locked.map(({ eventId }) => eventId).join();
    const unlock = await session(`BEGIN; SELECT 1 FROM events WHERE id IN (${ids}) FOR UPDATE`);
    const { sweeper } = startSweeper();
    let most = 0;
    const countWaiting = async () => {
      const count = await waitingForEvents();
      most = Math.max(most, count);
      return count;
    };
    // All of them fail once, and then wait in the slots of failing events.
    await sweeper.scan();
    await sweeper.idle();
    await eventually('locked ones wait for their locks', async () => {
      await sweeper.scan();
      return (await countWaiting()) > 0;
    });
    await overdueHolds(behind, 3);
    await eventually('the event behind them is swept', async () => {
      await sweeper.scan();
      await countWaiting();
      return (await standing(behind)) === 0;
    });
    // Of all moments: those that wait give up now and then.
    expect(most).toBeLessThanOrEqual(2);
    await unlock();
    await sweeper.stop();
  });

  it('gets past thousands of holds whose seats are locked', async () => {
    const at = await hall(large);
    await overdueHolds(at, 2_100);
    const unlock = await session(
      `BEGIN; SELECT 1 FROM event_seats WHERE event_id = ${at.eventId} AND seat_index < 2050 FOR UPDATE`,
    );
    const { sweeper } = startSweeper();
    await sweeper.scan();
    await sweeper.idle();
    expect(await standing(at)).toBe(2_050);
    await unlock();
    await sweeper.scan();
    await sweeper.idle();
    expect(await standing(at)).toBe(0);
  });
});

describe('a corrupt hold', () => {
  /** Takes seats from their overdue holds, or gives them back, bypassing all constraints. */
  async function plant(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: databaseUrl() });
    await client.connect();
    try {
      await client.query(`BEGIN; SET LOCAL session_replication_role = replica; ${statement}; COMMIT`);
    } finally {
      await client.end();
    }
  }

  async function corrupt(count: number, corruptCount: number) {
    const at = await hall({ rows: 10 });
    const ids = await overdueHolds(at, count);
    const where = `event_id = ${at.eventId} AND seat_index < ${corruptCount}`;
    await plant(`UPDATE event_seats SET status = 'AVAILABLE', current_booking_id = NULL WHERE ${where}`);
    const repair = () =>
      plant(`UPDATE event_seats s SET status = 'HELD', current_booking_id = bs.booking_id FROM booking_seats bs
        WHERE bs.event_id = s.event_id AND bs.seat_index = s.seat_index AND s.event_id = ${at.eventId} AND s.seat_index < ${corruptCount}`);
    return { at, ids, repair };
  }

  it('does not delay others, and is logged once in a while', async () => {
    const { at, ids, repair } = await corrupt(50, 1);
    const { sweeper, lines } = startSweeper();
    for (let round = 0; round < 3; round++) {
      await sweeper.scan();
      await sweeper.idle();
      expect(await standing(at)).toBe(1);
    }
    expect(lines.map(({ bookingId }) => bookingId)).toEqual([ids[0]]);
    await repair();
    const another = startSweeper().sweeper;
    await another.scan();
    await another.idle();
    expect(await standing(at)).toBe(0);
  });

  it('does not delay others even if there are many', async () => {
    const { at, repair } = await corrupt(60, 40);
    const { sweeper, lines } = startSweeper();
    await eventually('the others are swept', async () => {
      await sweeper.scan();
      await sweeper.idle();
      return (await standing(at)) === 40;
    });
    expect(lines.filter(({ bookingId }) => bookingId !== undefined).length).toBeLessThanOrEqual(40);
    await repair();
    const another = startSweeper().sweeper;
    await another.scan();
    await another.idle();
    expect(await standing(at)).toBe(0);
  });
});
