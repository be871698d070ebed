import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/identity/viewer.ts';
import { bookingIdOf, encodeId, eventIdOf, seatIdOf } from '../../src/platform/ids.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../support/schema-client.ts';

let client: SchemaClient;
let hall: Hall;
const tiers = [
  { name: 'Stalls', amount: 5_000 },
  { name: 'Balcony', amount: 3_000 },
];

beforeAll(async () => {
  client = await createSchemaClient();
  hall = await createHall(client.app.database.reads, { rows: 12, seatLimit: 4, tiers });
});
afterAll(() => client.close());

const aBuyer = (): Viewer => ({ userId: randomUUID(), role: 'BUYER' });
const seats = (...indexes: number[]) => indexes.map((index) => seatIdOf(hall.eventId, index));
const eventId = () => eventIdOf(hall.eventId);

/** A mutation with one input and a result union; every member's fields are asked for. */
async function mutate(field: string, input: object, viewer: Viewer | null = aBuyer()) {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data, errors } = await client.ask(
    `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Node { ...done } ... on Error { ...refused } } }
     fragment done on Node { id
       ... on Booking { status total { amount currency } seats { index status } confirmedAt holdExpiresAt }
       ... on Event { eventStatus: status availability { available blocked } } }
     fragment refused on Error { code message
       ... on SeatsUnavailableError { seats { index label } } ... on SeatLimitExceededError { limit }
       ... on EventNotOnSaleError { onSaleAt eventStatus: status } ... on BookingStateError { bookingStatus: status }
       ... on HoldExpiredError { expiredAt } ... on InvalidInputError { field } ... on BusyError { outcomeUnknown }
       ... on InvalidPlanError { field faultCount faults { path message } } }`,
    { input },
    viewer,
  );
  return { result: data?.[field] ?? null, code: errors[0]?.extensions.code as string | undefined, errors };
}

const holdSeats = (indexes: number[], viewer?: Viewer, more: object = {}) =>
  mutate('holdSeats', { eventId: eventId(), seatIds: seats(...indexes), ...more }, viewer);

describe('holding', () => {
  test('answers with the booking, and releasing and confirming lead it on', async () => {
    const buyer = aBuyer();
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

  test('names exactly the seats that are not free', async () => {
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
    const instead = await holdSeats([22, 21, 20], aBuyer(), { onConflict: 'BEST_ALTERNATIVE' });
    expect(instead.result.seats).toHaveLength(3);
  });

  test('has a limit a buyer', async () => {
    const buyer = aBuyer();
    await holdSeats([90, 91, 92], buyer);
    expect((await holdSeats([93, 94], buyer)).result).toMatchObject({
      code: 'SEAT_LIMIT_EXCEEDED',
      limit: 4,
    });
  });

  test('refuses an event that is not on sale', async () => {
    const paused = await createHall(client.app.database.reads, { status: 'PAUSED' });
    const { result } = await mutate('holdBestAvailable', { eventId: eventIdOf(paused.eventId), quantity: 1 });
    expect(result).toMatchObject({ code: 'EVENT_NOT_ON_SALE', eventStatus: 'PAUSED' });
  });

  test('gives the same booking for the same key, and refuses the key for another input', async () => {
    const buyer = aBuyer();
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

  test('takes the best seats of a tier, by its name', async () => {
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
    ['an id of another kind', 'eventId', () => ({ eventId: seatIdOf(hall.eventId, 1), seatIds: seats(50) })],
    ['no id of a seat', 'seatIds', () => ({ eventId: eventId(), seatIds: ['x'] })],
    [
      'another event’s seat',
      'seatIds',
      () => ({ eventId: eventId(), seatIds: [seatIdOf(hall.eventId + 1, 50)] }),
    ],
    ['a seat twice', 'seatIds', () => ({ eventId: eventId(), seatIds: seats(50, 50) })],
    ['no seat', 'seatIds', () => ({ eventId: eventId(), seatIds: [] })],
    ['eleven seats', 'seatIds', () => ({ eventId: eventId(), seatIds: seats(...Array(11).keys()) })],
    ['a flood of seats', 'seatIds', () => ({ eventId: eventId(), seatIds: Array(5_000).fill('x') })],
  ])('refuses %s, and says in which field', async (_what, field, input) => {
    const { result } = await mutate('holdSeats', input());
    expect(result).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field });
  });

  test('finds neither seats nor events that do not exist, nor others’ drafts', async () => {
    const draft = await createHall(client.app.database.reads, { status: 'DRAFT' });
    for (const input of [
      { eventId: eventId(), seatIds: seats(9_999) },
      { eventId: eventIdOf(9_999), seatIds: [seatIdOf(9_999, 1)] },
      { eventId: eventIdOf(draft.eventId), seatIds: [seatIdOf(draft.eventId, 1)] },
    ])
      expect((await mutate('holdSeats', input)).result).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
      });
    for (const priceTier of [undefined, 'Standard', 'Box'])
      expect(
        (await mutate('holdBestAvailable', { eventId: eventIdOf(draft.eventId), quantity: 1, priceTier }))
          .result,
      ).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('needs a token', async () => {
    for (const [field, input] of [
      ['holdSeats', { eventId: eventId(), seatIds: seats(60) }],
      ['confirmBooking', { bookingId: bookingIdOf(hall.eventId, randomUUID()) }],
      ['releaseBooking', { bookingId: bookingIdOf(hall.eventId, randomUUID()) }],
    ] as const)
      expect((await mutate(field, input, null)).code).toBe('UNAUTHENTICATED');
  });
});

describe('a booking of somebody else', () => {
  test('does not exist for anyone but its buyer', async () => {
    const { result } = await holdSeats([70]);
    for (const field of ['confirmBooking', 'releaseBooking'])
      expect((await mutate(field, { bookingId: result.id })).result).toMatchObject({
        __typename: 'NotFoundError',
        message: 'There is no such booking.',
      });
    expect((await mutate('confirmBooking', { bookingId: eventId() })).result).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'bookingId',
    });
  });

  test('whose time has run out can be confirmed no more', async () => {
    const buyer = aBuyer();
    const quick = await createHall(client.app.database.reads, { holdTtlMs: 1 });
    const { result } = await mutate(
      'holdSeats',
      { eventId: eventIdOf(quick.eventId), seatIds: [seatIdOf(quick.eventId, 0)] },
      buyer,
    );
    const late = await mutate('confirmBooking', { bookingId: result.id }, buyer);
    expect(late.result).toMatchObject({ code: 'HOLD_EXPIRED', expiredAt: result.holdExpiresAt });
  });
});

test('a guest session is a token of a buyer', async () => {
  const { data } = await client.ask('mutation { startGuestSession { token expiresAt } }');
  await expect(client.app.identity.authenticate(data.startGuestSession.token)).resolves.toMatchObject({
    role: 'BUYER',
  });
});

describe('an organizer', () => {
  const organizer = (): Viewer => ({ userId: hall.organizerId, role: 'ORGANIZER' });

  test('blocks and unblocks seats of an event', async () => {
    const input = { eventId: eventId(), seatIds: seats(80, 81) };
    const blocked = await mutate('blockSeats', input, organizer());
    expect(blocked.result).toMatchObject({ __typename: 'Event', availability: { blocked: 2 } });
    expect((await holdSeats([80])).result).toMatchObject({ code: 'SEATS_UNAVAILABLE' });
    expect((await mutate('unblockSeats', input, organizer())).result).toMatchObject({
      availability: { blocked: 0 },
    });
  });

  test('leads an event from status to status', async () => {
    const own = await createHall(client.app.database.reads, {
      status: 'DRAFT',
      organizerId: hall.organizerId,
    });
    const set = (status: string, viewer = organizer()) =>
      mutate('setEventStatus', { eventId: eventIdOf(own.eventId), status }, viewer);
    expect((await set('ON_SALE', { userId: randomUUID(), role: 'ORGANIZER' })).result).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await set('ON_SALE')).result).toMatchObject({ __typename: 'Event', eventStatus: 'ON_SALE' });
    expect((await set('DRAFT')).result).toMatchObject({ code: 'INVALID_INPUT', field: 'status' });
    expect((await set('PAUSED', { userId: randomUUID(), role: 'ORGANIZER' })).code).toBe('FORBIDDEN');
  });

  test('imports a plan and sells its seats', async () => {
    const seat = (n: number) => ({
      seat_guid: `s${n}`,
      seat_number: String(n),
      position: { x: n, y: 0 },
      category: 'Stalls',
    });
    const plan = {
      name: 'Small Hall',
      size: { width: 100, height: 100 },
      categories: [{ name: 'Stalls', color: '#ff0000' }],
      zones: [
        {
          name: 'Block A',
          position: { x: 0, y: 0 },
          areas: [],
          rows: [{ row_number: '1', position: { x: 0, y: 0 }, seats: [seat(1), seat(2)] }],
        },
      ],
    };
    const imported = await mutate('importVenue', { plan: JSON.stringify(plan) }, organizer());
    expect(imported.result).toMatchObject({ __typename: 'Venue' });
    const input = {
      venueId: imported.result.id,
      name: 'Opening',
      startsAt: '2040-01-02T20:00:00+01:00',
      onSaleAt: '2026-01-01T00:00:00Z',
      seatLimit: 2,
      currency: 'EUR',
      priceTiers: [{ category: 'Stalls', amount: 1_234 }],
    };
    const created = await mutate('createEvent', input, organizer());
    expect(created.result).toMatchObject({
      __typename: 'Event',
      eventStatus: 'DRAFT',
      availability: { available: 2 },
    });
    const wrong = await mutate('createEvent', { ...input, currency: 'XXQ' }, organizer());
    expect(wrong.result).toMatchObject({ code: 'INVALID_INPUT', field: 'currency' });
    const other = await mutate('createEvent', input, { userId: randomUUID(), role: 'ORGANIZER' });
    expect(other.result).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('learns every fault of a plan', async () => {
    const { result } = await mutate('importVenue', { plan: '{"name": 3}' }, organizer());
    expect(result).toMatchObject({ __typename: 'InvalidPlanError', code: 'INVALID_INPUT', field: 'plan' });
    expect(result.faults).toHaveLength(result.faultCount);
  });

  test.each([
    ['importVenue', () => ({ plan: '{}' })],
    ['setEventStatus', () => ({ eventId: eventId(), status: 'PAUSED' })],
    ['blockSeats', () => ({ eventId: eventId(), seatIds: seats(1) })],
    ['unblockSeats', () => ({ eventId: eventId(), seatIds: seats(1) })],
  ])('alone may call %s', async (field, input) => {
    expect((await mutate(field, input(), null)).code).toBe('UNAUTHENTICATED');
    expect((await mutate(field, input(), aBuyer())).code).toBe('FORBIDDEN');
  });
});

describe('instants', () => {
  test.each([
    '2040-01-02',
    '2040-02-30T00:00:00Z',
    '2040-01-02T20:00:00',
    '2040-01-02 20:00:00Z',
    'tomorrow',
    5,
  ])('refuse %j', async (startsAt) => {
    const { code } = await mutate(
      'createEvent',
      {
        venueId: encodeId('Venue', hall.venueId),
        name: 'x',
        startsAt,
        onSaleAt: '2026-01-01T00:00:00Z',
        seatLimit: 1,
        currency: 'EUR',
        priceTiers: [],
      },
      { userId: hall.organizerId, role: 'ORGANIZER' },
    );
    expect(code).toBe('BAD_USER_INPUT');
  });
});
