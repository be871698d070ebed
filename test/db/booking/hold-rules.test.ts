import { describe, expect, it } from 'vitest';
import { cancelBooking } from '../../../src/booking/operations/cancel-booking.ts';
import { changeSeats } from '../../../src/booking/operations/change-seats.ts';
import { extendHold } from '../../../src/booking/operations/extend-hold.ts';
import { createBuyerId, makeHoldOverdue } from '../../support/booking.ts';
import type { Hall, HallOptions } from '../../support/hall.ts';
import { bookingSuite } from './booking.fixture.ts';

const { app, hall, hold, confirm } = bookingSuite();

describe('extending a hold', () => {
  it("moves the deadline once, by the event's extension", async () => {
    const at = await hall({}, { holdExtensionMs: 120_000 });
    const buyerId = createBuyerId();
    const { id: bookingId, holdExpiresAtMs } = await hold(at, buyerId, [0]);
    const extended = await extendHold(app(), { buyerId, eventId: at.eventId, bookingId });
    expect(extended.holdExpiresAtMs).toBe(holdExpiresAtMs + 120_000);
    await expect(extendHold(app(), { buyerId, eventId: at.eventId, bookingId })).rejects.toMatchObject({
      code: 'EXTENSION_REFUSED',
    });
    const row = await app().database.reads.booking.findFirstOrThrow({ where: { id: bookingId } });
    expect(row.holdExpiresAt.getTime()).toBe(holdExpiresAtMs + 120_000);
  });

  it('never exceeds the maximum lifetime of a hold', async () => {
    const at = await hall({}, { holdExtensionMs: 120_000, holdLifetimeMaxMs: 330_000 });
    const buyerId = createBuyerId();
    const { id: bookingId, createdAtMs } = await hold(at, buyerId, [0]);
    const extended = await extendHold(app(), { buyerId, eventId: at.eventId, bookingId });
    expect(extended.holdExpiresAtMs).toBe(createdAtMs + 330_000);
  });

  it('is refused if the event does not allow it, past the deadline, and to other buyers', async () => {
    const [strict, lenient] = [await hall(), await hall({}, { holdExtensionMs: 60_000 })];
    const buyerId = createBuyerId();
    const fixed = await hold(strict, buyerId, [0]);
    const input = { buyerId, eventId: strict.eventId, bookingId: fixed.id };
    await expect(extendHold(app(), input)).rejects.toMatchObject({ code: 'EXTENSION_REFUSED' });
    const late = await hold(lenient, buyerId, [0]);
    const lateInput = { buyerId, eventId: lenient.eventId, bookingId: late.id };
    await expect(extendHold(app(), { ...lateInput, buyerId: createBuyerId() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await makeHoldOverdue(app().database.reads, late.id);
    await expect(extendHold(app(), lateInput)).rejects.toMatchObject({ code: 'HOLD_EXPIRED' });
  });
});

describe('changing the seats of a hold', () => {
  const change = (at: Hall, buyerId: string, bookingId: string, seats: number[]) =>
    changeSeats(app(), { buyerId, eventId: at.eventId, bookingId, seats });

  it('takes the new seats, keeps the common ones and the deadline, and frees the others', async () => {
    const at = await hall({
      rows: 2,
      tiers: [
        { name: 'Front', amount: 5000 },
        { name: 'Back', amount: 3000 },
      ],
    });
    const buyerId = createBuyerId();
    const first = await hold(at, buyerId, [0, 1]);
    const changed = await change(at, buyerId, first.id, [1, 12]);
    expect(changed).toMatchObject({
      seats: [1, 12],
      totalAmount: 8000,
      holdExpiresAtMs: first.holdExpiresAtMs,
    });
    await hold(at, createBuyerId(), [0]);
    await expect(hold(at, createBuyerId(), [12])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    const confirmed = await confirm(at, buyerId, first.id);
    expect(confirmed.seats).toEqual([1, 12]);
  });

  it('changes nothing if one of the new seats is taken', async () => {
    const at = await hall();
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [0, 1]);
    await hold(at, createBuyerId(), [5]);
    await expect(change(at, buyerId, id, [4, 5])).rejects.toMatchObject({ seatIndexes: [5] });
    await expect(hold(at, createBuyerId(), [0])).rejects.toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  });

  it('respects the limit, taking released seats into account', async () => {
    const at = await hall({ seatLimit: 3 });
    const buyerId = createBuyerId();
    const { id } = await hold(at, buyerId, [0, 1]);
    await hold(at, buyerId, [9]);
    await expect(change(at, buyerId, id, [4, 5])).resolves.toMatchObject({ seats: [4, 5] });
    await expect(change(at, buyerId, id, [4, 5, 6])).rejects.toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED' });
  });
});

describe('canceling a confirmed booking', () => {
  async function confirmed(at: Hall) {
    const buyerId = createBuyerId();
    const { id: bookingId } = await hold(at, buyerId, [0, 1]);
    await confirm(at, buyerId, bookingId);
    return { buyerId, bookingId, eventId: at.eventId };
  }

  it('is allowed to the organizer, and puts the seats back on sale', async () => {
    const at = await hall();
    const { bookingId, eventId, buyerId } = await confirmed(at);
    const canceled = await cancelBooking(app(), { callerId: at.organizerId, eventId, bookingId });
    expect(canceled).toMatchObject({ status: 'CANCELED', buyerId });
    expect(await cancelBooking(app(), { callerId: at.organizerId, eventId, bookingId })).toEqual(canceled);
    await hold(at, createBuyerId(), [0, 1]);
  });

  it('is allowed to the buyer if the event allows it, and to no other buyer', async () => {
    const [strict, lenient] = [await hall(), await hall({}, { buyersMayCancel: true })];
    const one = await confirmed(strict);
    await expect(cancelBooking(app(), { ...one, callerId: one.buyerId })).rejects.toMatchObject({
      code: 'CANCELLATION_REFUSED',
    });
    const two = await confirmed(lenient);
    await expect(cancelBooking(app(), { ...two, callerId: createBuyerId() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(cancelBooking(app(), { ...two, callerId: two.buyerId })).resolves.toMatchObject({
      status: 'CANCELED',
    });
  });

  it('is refused for a hold', async () => {
    const at = await hall({}, { buyersMayCancel: true });
    const buyerId = createBuyerId();
    const { id: bookingId } = await hold(at, buyerId, [0]);
    const cancel = cancelBooking(app(), { callerId: buyerId, eventId: at.eventId, bookingId });
    await expect(cancel).rejects.toMatchObject({ code: 'BOOKING_STATE', status: 'HOLD' });
  });
});

describe('an event that forbids orphans', () => {
  const forbids = (options?: HallOptions) => hall(options, { orphanRule: 'FORBID' });

  it('refuses a choice that isolates a single seat, and lists alternatives', async () => {
    const at = await forbids();
    const refusal = hold(at, createBuyerId(), [1, 2]);
    await expect(refusal).rejects.toMatchObject({ code: 'ORPHAN_SEATS', seatIndexes: [0] });
    const { alternatives } = (await refusal.catch((error: { alternatives: number[][] }) => error)) as {
      alternatives: number[][];
    };
    expect(alternatives.length).toBeGreaterThan(0);
    for (const seats of alternatives)
      await expect(hold(at, createBuyerId(), seats)).resolves.toMatchObject({ seats });
  });

  it('allows it if it is unavoidable, or no seat is isolated', async () => {
    const at = await forbids({ rows: 1, seatsPerRow: 10 });
    await hold(at, createBuyerId(), [3, 4]);
    await hold(at, createBuyerId(), [0, 1]); // Three seats are free on the left, so one must stay.
    await expect(hold(at, createBuyerId(), [6])).rejects.toMatchObject({
      code: 'ORPHAN_SEATS',
      seatIndexes: [5],
    });
    await hold(at, createBuyerId(), [5, 6, 7]);
  });

  it('also checks changes of a hold', async () => {
    const at = await forbids({ rows: 1, seatsPerRow: 10 });
    const buyerId = createBuyerId();
    const { id: bookingId } = await hold(at, buyerId, [0, 1]);
    const change = changeSeats(app(), { buyerId, eventId: at.eventId, bookingId, seats: [1, 2] });
    await expect(change).rejects.toMatchObject({ code: 'ORPHAN_SEATS', seatIndexes: [0] });
  });
});
