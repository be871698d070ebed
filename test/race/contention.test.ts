import { describe, expect, it } from 'vitest';
import { confirmBooking } from '../../src/booking/operations/confirm-booking.ts';
import { expireHolds } from '../../src/booking/expiry/hold-sweeper.ts';
import { holdBestAvailable } from '../../src/booking/operations/hold-best-available.ts';
import { holdSeats } from '../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../src/booking/operations/release-booking.ts';
import { sql } from '../../src/platform/database/db.ts';
import { SelloutError } from '../../src/platform/errors.ts';
import {
  createBuyerId,
  runWhileLocked,
  makeHoldOverdue,
  waitForBlockedSessions,
  unannounced,
  type BookingProcess,
} from '../support/booking.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startTwoProcesses } from './two-processes.fixture.ts';

const processes = startTwoProcesses();

const hold = (
  process: BookingProcess,
  at: Hall,
  buyerId: string,
  seats: number[],
  key: string | null = null,
) => holdSeats(process, { buyerId, eventId: at.eventId, seats, idempotencyKey: key, onConflict: 'FAIL' });

/** Returns the codes of the refusals. Any other error fails the test. */
function refusals(results: PromiseSettledResult<unknown>[]): string[] {
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return [];
    if (result.reason instanceof SelloutError) return [result.reason.code];
    throw result.reason;
  });
}

function either(i: number): BookingProcess {
  return processes[i % 2 === 0 ? 0 : 1];
}

describe('many buyers at the same time on two processes', () => {
  it('make one booking when 200 of them want the same two seats', async () => {
    const at = await createHall(processes[0].database.reads);
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) => hold(either(i), at, createBuyerId(), [7, 8])),
    );
    expect(refusals(results)).toEqual(Array.from({ length: 199 }, () => 'SEATS_UNAVAILABLE'));
  });

  it('never deadlock, and sell each seat once, when 400 holds of overlapping seats interleave', async () => {
    const at = await createHall(processes[0].database.reads, { rows: 5 });
    const seatsOf = (i: number) => [0, 1, 2, 3].map((k) => (i * 7 + k * 13) % 50);
    const results = await Promise.allSettled(
      Array.from({ length: 400 }, (_, i) => hold(either(i), at, createBuyerId(), seatsOf(i))),
    );
    expect(new Set(refusals(results))).toEqual(new Set(['SEATS_UNAVAILABLE']));
    const held = results.flatMap((result) => (result.status === 'fulfilled' ? result.value.seats : []));
    expect(new Set(held).size).toBe(held.length);
    // A retry would survive a deadlock, but there must be none.
    expect(processes.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('never exceed one buyer’s limit, however many requests race', async () => {
    const at = await createHall(processes[0].database.reads, { seatLimit: 4 });
    const buyer = createBuyerId();
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => hold(either(i), at, buyer, [2 * i, 2 * i + 1])),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(new Set(refusals(results))).toEqual(new Set(['SEAT_LIMIT_EXCEEDED']));
  });

  it('never exceed one buyer’s limit when two processes decide before either commits', async () => {
    const at = await createHall(processes[0].database.reads, { seatLimit: 1 });
    const buyer = createBuyerId();
    let attempts: Promise<PromiseSettledResult<unknown>[]> | undefined;
    await processes[0].database.reads.$transaction(async (tx) => {
      // A batch locks the event's row last. While this test holds it, both batches have decided or wait for each other.
      await tx.$queryRaw(sql`SELECT 1 FROM events WHERE id = ${at.eventId} FOR NO KEY UPDATE`);
      attempts = Promise.allSettled(processes.map((process, seat) => hold(process, at, buyer, [seat])));
      await waitForBlockedSessions(processes[0].database.worker, 2);
    });
    expect(refusals((await attempts) ?? [])).toEqual(['SEAT_LIMIT_EXCEEDED']);
  });

  it('make one booking per idempotency key', async () => {
    const at = await createHall(processes[0].database.reads);
    const buyer = createBuyerId();
    const bookings = await Promise.all(
      Array.from({ length: 30 }, (_, i) => hold(either(i), at, buyer, [5], 'the same')),
    );
    expect(new Set(bookings.map(({ id }) => id)).size).toBe(1);
  });

  it('all get different best-available seats, as long as there are any', async () => {
    const at = await createHall(processes[0].database.reads, { rows: 10 });
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) =>
        holdBestAvailable(either(i), {
          buyerId: createBuyerId(),
          eventId: at.eventId,
          quantity: 2,
          section: null,
          tierIndex: null,
          idempotencyKey: null,
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    expect(new Set(refusals(results))).toEqual(new Set(['SEATS_UNAVAILABLE']));
  });

  it('confirm or release a hold, but never both', async () => {
    const at = await createHall(processes[0].database.reads);
    for (let round = 0; round < 20; round++) {
      const buyerId = createBuyerId();
      const { id: bookingId } = await hold(processes[0], at, buyerId, [round]);
      const input = { buyerId, eventId: at.eventId, bookingId };
      const [confirmed, released] = await Promise.allSettled([
        confirmBooking(processes[0], { ...input, idempotencyKey: null }),
        releaseBooking(processes[1], input),
      ]);
      expect(refusals([confirmed, released])).toEqual(['BOOKING_STATE']);
    }
  });

  it('sweep, take over and confirm overdue holds at once without a deadlock or a second claim', async () => {
    const at = await createHall(processes[0].database.reads, { rows: 6 });
    const reads = processes[0].database.reads;
    for (let round = 0; round < 5; round++) {
      const old = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const buyerId = createBuyerId();
          return { buyerId, booking: await hold(processes[0], at, buyerId, [3 * i, 3 * i + 1, 3 * i + 2]) };
        }),
      );
      for (const { booking } of old) await makeHoldOverdue(reads, booking.id);
      const sweeps = processes.map(({ database: { worker } }) =>
        expireHolds({ ...unannounced, db: worker, defaultHoldTtlMs: 300_000 }),
      );
      const results = await Promise.allSettled([
        ...old.map(({ buyerId, booking }) =>
          confirmBooking(processes[0], {
            buyerId,
            eventId: at.eventId,
            bookingId: booking.id,
            idempotencyKey: null,
          }),
        ),
        ...old.map((_, i) => hold(either(i), at, createBuyerId(), [3 * i + 2, (3 * i + 3) % 60])),
      ]);
      await Promise.all(sweeps);
      expect(refusals(results).filter((code) => code === 'HOLD_EXPIRED')).toHaveLength(20);
      expect(refusals(results).every((code) => code === 'HOLD_EXPIRED' || code === 'SEATS_UNAVAILABLE')).toBe(
        true,
      );
      await reads.$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour',
        hold_expires_at = clock_timestamp() WHERE status = 'HOLD' AND event_id = ${at.eventId}`);
      await eventually('every hold is swept', async () => {
        await expireHolds({
          ...unannounced,
          db: processes[0].database.worker,
          defaultHoldTtlMs: 300_000,
        });
        return (await reads.booking.count({ where: { eventId: at.eventId, status: 'HOLD' } })) === 0;
      });
    }
  });
});

describe('the row lock', () => {
  it('makes a hold wait for another transaction on the seat and see its result', async () => {
    const at = await createHall(processes[0].database.reads);
    const attempt = await runWhileLocked(processes[0], at, [3], {
      meanwhile: () => hold(processes[1], at, createBuyerId(), [3, 4]),
      beforeCommit: (tx) =>
        tx.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED'
        WHERE event_id = ${at.eventId} AND seat_index = 3`),
    });
    await expect(attempt()).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE', seatIndexes: [3] });
    await processes[0].database.reads.$executeRaw(sql`UPDATE event_seats SET status = 'AVAILABLE'
      WHERE event_id = ${at.eventId} AND seat_index = 3`);
  });
});

describe('the lock order', () => {
  it('is by seat index: a transaction that waits for a seat has locked those before it and none after it', async () => {
    const at = await createHall(processes[0].database.reads, { seatLimit: 10 });
    const seats = [9, 1, 8, 2, 7, 3, 6, 4, 5];
    let locked: number[] = [];
    const attempt = await runWhileLocked(processes[0], at, [5], {
      meanwhile: () => hold(processes[1], at, createBuyerId(), seats),
      async beforeCommit(tx) {
        const free = await tx.$queryRaw<{ seat_index: number }[]>(sql`SELECT seat_index FROM event_seats
          WHERE event_id = ${at.eventId} AND seat_index BETWEEN 1 AND 9 AND seat_index <> 5 FOR UPDATE SKIP LOCKED`);
        const unlocked = new Set(free.map((row) => row.seat_index));
        locked = seats.filter((seat) => seat !== 5 && !unlocked.has(seat)).sort((a, b) => a - b);
      },
    });
    await expect(attempt()).resolves.toMatchObject({ status: 'HOLD' });
    expect(locked).toEqual([1, 2, 3, 4]);
  });
});

describe("the event's status", () => {
  it('is checked again in the last statement: a decision on an older status is repeated', async () => {
    const at = await createHall(processes[0].database.reads);
    const attempt = await runWhileLocked(processes[0], at, [3], {
      meanwhile: () => hold(processes[1], at, createBuyerId(), [3]),
      beforeCommit: () =>
        processes[0].database.worker.event.update({ where: { id: at.eventId }, data: { status: 'ENDED' } }),
    });
    await expect(attempt()).rejects.toMatchObject({ code: 'EVENT_NOT_ON_SALE', status: 'ENDED' });
  });
});

describe('the clock', () => {
  it('is read after locking: a hold that expired during the wait is not confirmed', async () => {
    const at = await createHall(processes[0].database.reads);
    const buyerId = createBuyerId();
    const { id: bookingId } = await hold(processes[0], at, buyerId, [0]);
    await processes[0].database.reads.$executeRaw(sql`UPDATE bookings
      SET hold_expires_at = clock_timestamp() + interval '700 milliseconds' WHERE id = ${bookingId}::uuid`);
    const attempt = await runWhileLocked(processes[0], at, [0], {
      meanwhile: () =>
        confirmBooking(processes[1], { buyerId, eventId: at.eventId, bookingId, idempotencyKey: null }),
      beforeCommit: (tx) =>
        eventually('the deadline passes', async () => {
          const rows = await tx.$queryRaw<unknown[]>(sql`SELECT 1 FROM bookings
            WHERE id = ${bookingId}::uuid AND hold_expires_at <= clock_timestamp()`);
          return rows.length > 0;
        }),
    });
    await expect(attempt()).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
  });
});

describe('the constraint', () => {
  const claim = (at: Hall, bookingId: string, seat: number) =>
    processes[0].database.reads
      .$executeRaw(sql`INSERT INTO booking_seats (event_id, booking_id, seat_index, booking_status)
      VALUES (${at.eventId}, ${bookingId}::uuid, ${seat}, 'HOLD')`);
  const uniqueViolation = { meta: { driverAdapterError: { cause: { originalCode: '23505' } } } };

  it('refuses a second claim on a seat, whatever the code decided', async () => {
    const at = await createHall(processes[0].database.reads);
    await hold(processes[0], at, createBuyerId(), [0]);
    const other = await hold(processes[0], at, createBuyerId(), [1]);
    await expect(claim(at, other.id, 0)).rejects.toMatchObject(uniqueViolation);
  });

  it('refuses to revive an expired booking whose seat has another holder', async () => {
    const at = await createHall(processes[0].database.reads);
    const old = await hold(processes[0], at, createBuyerId(), [0]);
    await makeHoldOverdue(processes[0].database.reads, old.id);
    await hold(processes[0], at, createBuyerId(), [0]);
    const revive = processes[0].database.reads.$executeRaw(sql`UPDATE bookings
      SET status = 'CONFIRMED', confirmed_at = now(), ended_at = NULL WHERE id = ${old.id}::uuid`);
    await expect(revive).rejects.toMatchObject(uniqueViolation);
  });

  it("refuses a claim whose status is not its booking's", async () => {
    const at = await createHall(processes[0].database.reads);
    const buyerId = createBuyerId();
    const booking = await hold(processes[0], at, buyerId, [0]);
    await confirmBooking(processes[0], {
      buyerId,
      eventId: at.eventId,
      bookingId: booking.id,
      idempotencyKey: null,
    });
    await expect(claim(at, booking.id, 1)).rejects.toMatchObject({
      meta: { driverAdapterError: { cause: { originalCode: '23503' } } },
    });
  });
});
