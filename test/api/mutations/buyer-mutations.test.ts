import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeBookingId, encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { createHall } from '../../support/hall.ts';
import { mutationsOfHall } from './mutations.fixture.ts';
import { createBuyerId } from './tiered-hall.fixture.ts';

const { client, hall, seats, eventId, mutate, holdSeats } = mutationsOfHall();

describe('holding', () => {
  test('returns the booking, which can then be released or confirmed', async () => {
    const buyer = createBuyerId();
    const held = await holdSeats([0, 10], buyer);
    expect(held.errors).toEqual([]);
    expect(held.result).toMatchObject({
      __typename: 'Booking',
      status: 'HOLD',
      total: { amount: 8_000, currency: 'EUR' },
      seats: [
        { index: 0, status: 'HELD' },
        { index: 10, status: 'HELD' },
      ],
      confirmedAt: null,
    });
    const bookingId = held.result.id as string;
    const confirmed = await mutate('confirmBooking', { bookingId }, buyer);
    expect(confirmed.result).toMatchObject({
      id: bookingId,
      status: 'CONFIRMED',
      seats: [{ status: 'BOOKED' }, {}],
    });
    expect((await mutate('confirmBooking', { bookingId }, buyer)).result).toEqual(confirmed.result);
    expect((await mutate('releaseBooking', { bookingId }, buyer)).result).toMatchObject({
      __typename: 'BookingStateError',
      code: 'BOOKING_STATE',
      bookingStatus: 'CONFIRMED',
    });
  });

  test('returns exactly the seats that are not available', async () => {
    await holdSeats([20, 21]);
    const { result } = await holdSeats([22, 21, 20]);
    expect(result).toMatchObject({
      __typename: 'SeatsUnavailableError',
      code: 'SEATS_UNAVAILABLE',
      seats: [
        { index: 20, label: 'Block A, row 3, seat 1' },
        { index: 21, label: 'Block A, row 3, seat 2' },
      ],
    });
    const instead = await holdSeats([22, 21, 20], createBuyerId(), { onConflict: 'BEST_ALTERNATIVE' });
    expect(instead.result.seats).toHaveLength(3);
  });

  test('has a limit per buyer', async () => {
    const buyer = createBuyerId();
    await holdSeats([90, 91, 92], buyer);
    expect((await holdSeats([93, 94], buyer)).result).toMatchObject({
      code: 'SEAT_LIMIT_EXCEEDED',
      limit: 4,
    });
  });

  test('requires an event that is on sale', async () => {
    const paused = await createHall(client().app.database.reads, { status: 'PAUSED' });
    const { result } = await mutate('holdBestAvailable', {
      eventId: encodeEventId(paused.eventId),
      quantity: 1,
    });
    expect(result).toMatchObject({ code: 'EVENT_NOT_ON_SALE', eventStatus: 'PAUSED' });
  });

  test('returns the same booking for the same key, and rejects the key with different input', async () => {
    const buyer = createBuyerId();
    const first = await holdSeats([40, 41], buyer, { idempotencyKey: 'k' });
    const again = await holdSeats([41, 40], buyer, { idempotencyKey: 'k', admissionToken: 'x' });
    expect(again.result.id).toBe(first.result.id);
    expect((await holdSeats([42], buyer, { idempotencyKey: 'k' })).result).toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect((await holdSeats([42], buyer, { idempotencyKey: '' })).result).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'idempotencyKey',
    });
  });

  test('takes the best seats of a tier by name', async () => {
    const { result } = await mutate('holdBestAvailable', {
      eventId: eventId(),
      quantity: 2,
      priceTier: 'Balcony',
    });
    expect(result).toMatchObject({ __typename: 'Booking', total: { amount: 6_000 } });
    const wrong = await mutate('holdBestAvailable', { eventId: eventId(), quantity: 2, priceTier: 'Box' });
    expect(wrong.result).toMatchObject({ code: 'INVALID_INPUT', field: 'priceTier' });
    expect(wrong.result.message).toContain('"Balcony"');
    const none = await mutate('holdBestAvailable', { eventId: eventId(), quantity: 11 });
    expect(none.result).toMatchObject({ code: 'INVALID_INPUT', field: 'quantity' });
  });

  test.each([
    ['no id of an event', 'eventId', () => ({ eventId: 'x', seatIds: seats(50) })],
    [
      'an id of another kind',
      'eventId',
      () => ({ eventId: encodeSeatId(hall().eventId, 1), seatIds: seats(50) }),
    ],
    ['no id of a seat', 'seatIds', () => ({ eventId: eventId(), seatIds: ['x'] })],
    [
      'another event’s seat',
      'seatIds',
      () => ({ eventId: eventId(), seatIds: [encodeSeatId(hall().eventId + 1, 50)] }),
    ],
    ['a seat twice', 'seatIds', () => ({ eventId: eventId(), seatIds: seats(50, 50) })],
    ['no seat', 'seatIds', () => ({ eventId: eventId(), seatIds: [] })],
    ['eleven seats', 'seatIds', () => ({ eventId: eventId(), seatIds: seats(...Array(11).keys()) })],
    ['a flood of seats', 'seatIds', () => ({ eventId: eventId(), seatIds: Array(5_000).fill('x') })],
  ])('refuses %s, and says in which field', async (_what, field, input) => {
    const { result } = await mutate('holdSeats', input());
    expect(result).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field });
  });

  test('finds no unknown seats or events, and no drafts of other organizers', async () => {
    const draft = await createHall(client().app.database.reads, { status: 'DRAFT' });
    for (const input of [
      { eventId: eventId(), seatIds: seats(9_999) },
      { eventId: encodeEventId(9_999), seatIds: [encodeSeatId(9_999, 1)] },
      { eventId: encodeEventId(draft.eventId), seatIds: [encodeSeatId(draft.eventId, 1)] },
    ])
      expect((await mutate('holdSeats', input)).result).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
      });
    for (const priceTier of [undefined, 'Standard', 'Box'])
      expect(
        (await mutate('holdBestAvailable', { eventId: encodeEventId(draft.eventId), quantity: 1, priceTier }))
          .result,
      ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('requires a token', async () => {
    for (const [field, input] of [
      ['holdSeats', { eventId: eventId(), seatIds: seats(60) }],
      ['confirmBooking', { bookingId: encodeBookingId(hall().eventId, randomUUID()) }],
      ['releaseBooking', { bookingId: encodeBookingId(hall().eventId, randomUUID()) }],
    ] as const)
      expect((await mutate(field, input, null)).code).toBe('UNAUTHENTICATED');
  });
});

describe('a booking of another buyer', () => {
  test('is not found by anyone but its buyer', async () => {
    const { result } = await holdSeats([70]);
    for (const field of ['confirmBooking', 'releaseBooking'])
      expect((await mutate(field, { bookingId: result.id })).result).toMatchObject({
        __typename: 'NotFoundError',
        message: 'The booking does not exist or is not visible to you. Check the ID.',
      });
    expect((await mutate('confirmBooking', { bookingId: eventId() })).result).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'bookingId',
    });
  });

  test('cannot be confirmed after its deadline', async () => {
    const buyer = createBuyerId();
    const quick = await createHall(client().app.database.reads, { holdTtlMs: 1 });
    const { result } = await mutate(
      'holdSeats',
      { eventId: encodeEventId(quick.eventId), seatIds: [encodeSeatId(quick.eventId, 0)] },
      buyer,
    );
    const late = await mutate('confirmBooking', { bookingId: result.id }, buyer);
    expect(late.result).toMatchObject({ code: 'HOLD_EXPIRED', expiredAt: result.holdExpiresAt });
  });
});

test('a guest session has the token of a buyer', async () => {
  const { data } = await client().ask('mutation { startGuestSession { token expiresAt } }');
  await expect(client().app.identity.authenticate(data.startGuestSession.token)).resolves.toMatchObject({
    role: 'BUYER',
  });
});
