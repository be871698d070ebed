import { expect, test } from 'vitest';
import { confirmBooking } from '../../src/booking/operations/confirm-booking.ts';
import { holdSeats } from '../../src/booking/operations/hold-seats.ts';
import type { BookingRecord } from '../../src/booking/rules/model.ts';
import { sql } from '../../src/platform/database/db.ts';
import { SelloutError } from '../../src/platform/errors.ts';
import { createBuyerId, type BookingProcess } from '../support/booking.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startTwoProcesses } from './two-processes.fixture.ts';

const processes = startTwoProcesses();

const SEATS = 24;
/** Owners confirm at moments from 600 ms before the deadline to 40 ms after it; most of them close to it. */
const confirmsAfterMs = (seat: number) => (seat < 4 ? -600 : -60 + 5 * (seat - 4));

const hold = (process: BookingProcess, { eventId }: Hall, seat: number, buyerId = createBuyerId()) =>
  holdSeats(process, { buyerId, eventId, seats: [seat], idempotencyKey: null, onConflict: 'FAIL' });

async function untilDatabaseClock(ms: number): Promise<void> {
  for (;;) {
    const [row] = await processes[1].database.worker.$queryRaw<{ is_past: boolean }[]>(
      sql`SELECT clock_timestamp() >= to_timestamp(${ms}::float8 / 1000) AS is_past`,
    );
    if (row?.is_past === true) return;
  }
}

async function confirm(at: Hall, { id, buyerId }: BookingRecord): Promise<boolean> {
  const input = { buyerId, eventId: at.eventId, bookingId: id, idempotencyKey: null };
  try {
    const { confirmedAtMs, holdExpiresAtMs } = await confirmBooking(processes[0], input);
    expect(confirmedAtMs).toBeLessThan(holdExpiresAtMs);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'HOLD_EXPIRED' });
    return false;
  }
}

/** Tries to hold the seat from the other process until that succeeds or the owner has confirmed. */
async function snipe(at: Hall, seat: number, isSold: () => boolean): Promise<BookingRecord | null> {
  while (!isSold()) {
    try {
      return await hold(processes[1], at, seat);
    } catch (error) {
      if (!(error instanceof SelloutError) || error.code !== 'SEATS_UNAVAILABLE') throw error;
    }
  }
  return null;
}

test('of an owner who confirms around the deadline and a sniper who polls, one gets the seat, on its side of the delay', async () => {
  const { reads } = processes[0].database;
  const at = await createHall(reads, { holdTtlMs: 1_000, takeoverDelay: true });
  const seats = Array.from({ length: SEATS }, (_, seat) => seat);
  const held = await Promise.all(seats.map((seat) => hold(processes[0], at, seat)));
  const rounds = held.map(async (booking, seat) => {
    let isSold = false;
    const confirming = async () => {
      await untilDatabaseClock(booking.holdExpiresAtMs + confirmsAfterMs(seat));
      isSold = await confirm(at, booking);
    };
    const [sniped] = await Promise.all([snipe(at, seat, () => isSold), confirming()]);
    expect(sniped === null).toBe(isSold);
    if (sniped === null) return 'confirmed';
    expect(booking.takeoverDelayMs).toBeGreaterThan(0);
    expect(sniped.createdAtMs).toBeGreaterThanOrEqual(booking.holdExpiresAtMs + booking.takeoverDelayMs);
    return 'sniped';
  });
  const outcomes = await Promise.all(rounds);
  // The first four and the last seven are certain, unless a batch takes longer than 600 ms.
  expect(new Set(outcomes)).toEqual(new Set(['confirmed', 'sniped']));
});
