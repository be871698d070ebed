import { expect, it } from 'vitest';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import { holdBestAvailable } from '../../../src/booking/operations/hold-best-available.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { createBuyerId, type BookingProcess } from '../../support/booking.ts';
import type { Hall } from '../../support/hall.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

const { app, anotherProcess, session, hall, hold } = bookingSuite();

const LOCK_SEATS = 'BEGIN; LOCK TABLE venue_seats IN ACCESS EXCLUSIVE MODE';

function best(process: BookingProcess, { eventId }: Hall) {
  const kind = { section: null, tierIndex: null };
  return holdBestAvailable(process, {
    buyerId: createBuyerId(),
    eventId,
    quantity: 2,
    ...kind,
    idempotencyKey: null,
  });
}

/** Operations on four holds: two run at once and two later. */
async function decideFour(
  process: BookingProcess,
  { eventId }: Hall,
  holds: readonly { buyerId: string; id: string }[],
) {
  const confirm = ({ buyerId, id }: { buyerId: string; id: string }) =>
    confirmBooking(process, { buyerId, eventId, bookingId: id, idempotencyKey: null });
  const release = ({ buyerId, id }: { buyerId: string; id: string }) =>
    releaseBooking(process, { buyerId, eventId, bookingId: id });
  const [a, b, c, d] = holds;
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new Error('too few holds');
  const results = [...(await Promise.all([confirm(a), release(b)])), await confirm(c), await release(d)];
  return results.map(({ status }) => status);
}

it('while choosing seats hangs, only the commands that need it wait', async () => {
  const at = await hall();
  const holds = await Promise.all([0, 10, 20, 30].map((seat) => hold(at, createBuyerId(), [seat])));
  await using process = anotherProcess();
  const unlock = await session(LOCK_SEATS);
  const chosen = [best(process, at), best(process, at)];
  expect(await decideFour(process, at, holds)).toEqual(['CONFIRMED', 'RELEASED', 'CONFIRMED', 'RELEASED']);
  await unlock();
  const seats = (await Promise.all(chosen)).flatMap((booking) => booking.seats);
  expect(new Set(seats).size).toBe(4);
});

it('while reading neighbors hangs, only the commands that need them wait', async () => {
  const at = await hall({}, { orphanRule: 'FORBID' });
  const holds = await Promise.all([0, 10, 20, 30].map((seat) => hold(at, createBuyerId(), [seat])));
  await using process = anotherProcess();
  const unlock = await session(LOCK_SEATS);
  const named = [5, 15].map((seat) =>
    holdSeats(process, {
      buyerId: createBuyerId(),
      eventId: at.eventId,
      seats: [seat],
      idempotencyKey: null,
      onConflict: 'FAIL',
    }),
  );
  expect(await decideFour(process, at, holds)).toEqual(['CONFIRMED', 'RELEASED', 'CONFIRMED', 'RELEASED']);
  await unlock();
  expect((await Promise.all(named)).map(({ seats }) => seats)).toEqual([[5], [15]]);
});

it('a read that fails permanently fails only the commands that need it', async () => {
  const at = await hall();
  const { buyerId, id } = await hold(at, createBuyerId(), [0]);
  await using process = anotherProcess();
  const choose = () => Promise.reject(new TypeError('a defect'));
  Object.assign(process.bestAvailable, { choose });
  const chosen = Promise.allSettled([best(process, at), best(process, at), best(process, at)]);
  await confirmBooking(process, { buyerId, eventId: at.eventId, bookingId: id, idempotencyKey: null });
  expect((await chosen).map((result) => result.status === 'rejected' && String(result.reason))).toEqual(
    Array(3).fill('TypeError: a defect'),
  );
  expect(app().warnings).toEqual([]);
});
