import { expect, it } from 'vitest';
import { blockSeats, unblockSeats } from '../../../src/booking/operations/block-seats.ts';
import { cancelBooking } from '../../../src/booking/operations/cancel-booking.ts';
import { changeSeats } from '../../../src/booking/operations/change-seats.ts';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { audit, auditLimits } from '../../../src/booking/audit/audit.ts';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { SelloutError } from '../../../src/platform/errors.ts';
import {
  createBuyerId,
  startBookingProcess,
  unannounced,
  type BookingProcess,
} from '../../support/booking.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { createHall, type Hall } from '../../support/hall.ts';

const AUDITS = 25;
const CLIENTS = 24;
const BATCHES_MIN = 400;

/** Short, so that holds expire while they are confirmed, and seats change hands in every way at the same time. */
const HOLD_TTL_MS = 40;

it(`raises no alarm in ${AUDITS} audits while two processes commit ${BATCHES_MIN} batches of every kind`, async () => {
  await using database = await createTestDatabase();
  await using first = startBookingProcess(database.url, HOLD_TTL_MS);
  await using second = startBookingProcess(database.url, HOLD_TTL_MS);
  const db = first.database.worker;
  const halls = [await createHall(db, { rows: 2 }), await createHall(db, { rows: 2, seatLimit: 2 })];
  const stop = new AbortController();
  const clients = Array.from({ length: CLIENTS }, async (_, i) => {
    const hall = halls[i % 2];
    if (hall === undefined) throw new Error('there is no such hall');
    const buyerId = createBuyerId();
    while (!stop.signal.aborted) await trade(i % 4 < 2 ? first : second, hall, buyerId);
  });
  const sweeper = (async () => {
    while (!stop.signal.aborted) {
      await expireHolds({ ...unannounced, db, defaultHoldTtlMs: HOLD_TTL_MS });
      await pruneHistory(db, 30);
    }
  })();

  const batches = () => first.committed.length + second.committed.length;
  try {
    for (let i = 0; i < AUDITS || batches() < BATCHES_MIN; i++) {
      const limits = { ...auditLimits, historyDays: 30 };
      const report = await audit({ db: second.database.worker, watermarks: null, swept: true, limits });
      expect(printReport(report)).toContain('No breach found');
    }
  } finally {
    stop.abort();
    await Promise.all([...clients, sweeper]);
  }
});

/** Holds seats, then does one random thing with them. Refusals do not matter. */
async function trade(app: BookingProcess, hall: Hall, buyerId: string): Promise<void> {
  const { eventId, organizerId } = hall;
  const random = (n: number) => Math.floor(Math.random() * n);
  const seats = [random(hall.seatCount)];
  try {
    if (random(8) === 0) {
      await blockSeats(app, { eventId, organizerId, seats });
      await unblockSeats(app, { eventId, organizerId, seats });
      return;
    }
    const key = random(2) === 0 ? createBuyerId() : null;
    const { id } = await holdSeats(app, { buyerId, eventId, seats, idempotencyKey: key, onConflict: 'FAIL' });
    const booking = { buyerId, eventId, bookingId: id };
    if (random(3) === 0) await changeSeats(app, { ...booking, seats: [random(hall.seatCount)] });
    if (random(3) === 0) await releaseBooking(app, booking);
    else if (random(2) === 0) {
      await confirmBooking(app, { ...booking, idempotencyKey: key });
      await cancelBooking(app, { eventId, bookingId: id, callerId: organizerId });
    }
  } catch (error) {
    if (!(error instanceof SelloutError)) throw error;
  }
}
