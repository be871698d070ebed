import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeBookingId, encodeEventId, parseBookingId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { Hall } from '../../support/hall.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { createBuyerId, hallsWithRules, organizerOf, seats } from './hold-rules.fixture.ts';

const { client, hall, setRules, mutate, hold, runOut } = hallsWithRules();

async function confirmed(at: Hall) {
  const buyer = createBuyerId();
  const { id: bookingId } = await hold(at, buyer, 0, 1);
  await mutate('confirmBooking', { bookingId }, buyer);
  return { buyer, bookingId };
}

const operations = [
  ['extendHold', (bookingId: string) => ({ bookingId })],
  ['changeSeats', (bookingId: string, at: Hall) => ({ bookingId, seatIds: seats(at, 5) })],
  ['cancelBooking', (bookingId: string) => ({ bookingId })],
] as const;

describe.each(operations)('%s', (field, inputFor) => {
  test('requires a token', async () => {
    const at = await hall();
    const input = inputFor(encodeBookingId(at.eventId, randomUUID()), at);
    expect((await mutate(field, input, null)).code).toBe('UNAUTHENTICATED');
  });

  test('finds no bookings of other buyers, and no unknown bookings', async () => {
    const at = await hall({ holdExtensionMs: 60_000, buyersMayCancel: true });
    const { id } = await hold(at, createBuyerId(), 0);
    const unknown = [id, encodeBookingId(at.eventId, randomUUID()), encodeBookingId(999_999, randomUUID())];
    const strangers = [createBuyerId(), { ...organizerOf(at), userId: randomUUID() }];
    for (const bookingId of unknown) {
      const input = inputFor(bookingId, { ...at, eventId: parseBookingId(bookingId)?.eventId ?? 0 });
      for (const stranger of strangers)
        expect((await mutate(field, input, stranger)).result).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('returns InvalidInputError with the field of an invalid ID', async () => {
    const at = await hall();
    for (const bookingId of ['', 'x', encodeEventId(at.eventId)])
      expect((await mutate(field, inputFor(bookingId, at), createBuyerId())).result).toMatchObject({
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        field: 'bookingId',
      });
  });

  test('does not change a released booking', async () => {
    const at = await hall({ holdExtensionMs: 60_000, buyersMayCancel: true });
    const buyer = createBuyerId();
    const { id } = await hold(at, buyer, 0);
    await mutate('releaseBooking', { bookingId: id }, buyer);
    expect((await mutate(field, inputFor(id, at), buyer)).result).toMatchObject({
      __typename: 'BookingStateError',
      bookingStatus: 'RELEASED',
    });
  });
});

describe('extendHold', () => {
  test('extends the deadline once, and sets extendedAt', async () => {
    const at = await hall({ holdExtensionMs: 120_000 });
    const buyer = createBuyerId();
    const held = await hold(at, buyer, 0);
    expect(held).toMatchObject({ __typename: 'Booking', extendedAt: null });
    const { result } = await mutate('extendHold', { bookingId: held.id }, buyer);
    expect(Date.parse(result.holdExpiresAt) - Date.parse(held.holdExpiresAt)).toBe(120_000);
    expect(Date.parse(result.extendedAt)).toBeGreaterThanOrEqual(Date.parse(held.createdAt));
    expect((await mutate('extendHold', { bookingId: held.id }, buyer)).result).toMatchObject({
      __typename: 'ExtensionRefusedError',
      code: 'EXTENSION_REFUSED',
      message: expect.stringContaining('was already extended'),
    });
    const read = await client().ask(
      'query ($id: ID!) { booking(id: $id) { extendedAt holdExpiresAt } }',
      { id: held.id },
      buyer,
    );
    const { extendedAt, holdExpiresAt } = result;
    expect(read.data.booking).toEqual({ extendedAt, holdExpiresAt });
  });

  test('is refused if the event allows no extension or is over, or if the deadline has passed', async () => {
    const buyer = createBuyerId();
    const strict = await hold(await hall(), buyer, 0);
    expect((await mutate('extendHold', { bookingId: strict.id }, buyer)).result).toMatchObject({
      code: 'EXTENSION_REFUSED',
    });
    const at = await hall({ holdExtensionMs: 60_000 });
    const [open, late] = [await hold(at, buyer, 0), await hold(at, buyer, 1)];
    await runOut(late.id);
    expect((await mutate('extendHold', { bookingId: late.id }, buyer)).result).toMatchObject({
      code: 'HOLD_EXPIRED',
    });
    await setRules(at, { status: 'ENDED' });
    expect((await mutate('extendHold', { bookingId: open.id }, buyer)).result).toMatchObject({
      code: 'EVENT_NOT_ON_SALE',
    });
  });
});

describe('changeSeats', () => {
  test('replaces seats and keeps the deadline', async () => {
    const tiers = [
      { name: 'Stalls', amount: 5_000 },
      { name: 'Circle', amount: 3_000 },
    ];
    const at = await hall({}, { tiers });
    const buyer = createBuyerId();
    const held = await hold(at, buyer, 0, 1);
    const input = { bookingId: held.id, seatIds: seats(at, 12, 1) };
    expect((await mutate('changeSeats', input, buyer)).result).toMatchObject({
      __typename: 'Booking',
      id: held.id,
      status: 'HOLD',
      holdExpiresAt: held.holdExpiresAt,
      total: { amount: 8_000, currency: 'EUR' },
      seats: [
        { index: 1, status: 'HELD' },
        { index: 12, status: 'HELD' },
      ],
    });
    expect(await hold(at, createBuyerId(), 0)).toMatchObject({ __typename: 'Booking' });
  });

  test('is refused if holdSeats would be, and after the deadline', async () => {
    const at = await hall({}, { seatLimit: 3 });
    const buyer = createBuyerId();
    const { id: bookingId } = await hold(at, buyer, 0, 1);
    await hold(at, createBuyerId(), 5);
    const change = async (...indexes: number[]) =>
      (await mutate('changeSeats', { bookingId, seatIds: seats(at, ...indexes) }, buyer)).result;
    expect(await change(4, 5)).toMatchObject({ code: 'SEATS_UNAVAILABLE', seats: [{ index: 5 }] });
    expect(await change(6, 7, 8, 9)).toMatchObject({ code: 'SEAT_LIMIT_EXCEEDED', limit: 3 });
    expect(await change(9_999)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await change()).toMatchObject({ code: 'INVALID_INPUT', field: 'seatIds' });
    expect(await change(6, 6)).toMatchObject({ code: 'INVALID_INPUT', field: 'seatIds' });
    const elsewhere = { bookingId, seatIds: [encodeSeatId(at.eventId + 1, 6)] };
    expect((await mutate('changeSeats', elsewhere, buyer)).result).toMatchObject({ field: 'seatIds' });
    await runOut(bookingId);
    expect(await change(6)).toMatchObject({ code: 'HOLD_EXPIRED' });
  });
});

describe('cancelBooking', () => {
  test('returns the booking to the organizer, who cannot read it otherwise', async () => {
    const at = await hall();
    const { buyer, bookingId } = await confirmed(at);
    const { result } = await mutate('cancelBooking', { bookingId }, organizerOf(at));
    expect(result).toMatchObject({
      __typename: 'Booking',
      id: bookingId,
      status: 'CANCELED',
      event: { id: encodeEventId(at.eventId), name: 'Test Night' },
      total: { amount: 9_800, currency: 'EUR' },
      seats: [
        { index: 0, status: 'AVAILABLE' },
        { index: 1, status: 'AVAILABLE' },
      ],
    });
    expect((await mutate('cancelBooking', { bookingId }, organizerOf(at))).result).toEqual(result);
    const look = (viewer: Viewer) =>
      client().ask(
        'query ($id: ID!) { booking(id: $id) { status } node(id: $id) { id } nodes(ids: [$id]) { id } viewer { bookings { totalCount } } }',
        { id: bookingId },
        viewer,
      );
    expect((await look(organizerOf(at))).data).toEqual({
      booking: null,
      node: null,
      nodes: [null],
      viewer: { bookings: { totalCount: 0 } },
    });
    expect((await look(buyer)).data).toMatchObject({ booking: { status: 'CANCELED' } });
    expect(JSON.stringify(result)).not.toContain(buyer.userId);
    expect(await hold(at, createBuyerId(), 0, 1)).toMatchObject({ __typename: 'Booking' });
  });

  test('is open to buyers if the event allows it', async () => {
    const strict = await confirmed(await hall());
    expect(
      (await mutate('cancelBooking', { bookingId: strict.bookingId }, strict.buyer)).result,
    ).toMatchObject({ __typename: 'CancellationRefusedError', code: 'CANCELLATION_REFUSED' });
    const lenient = await confirmed(await hall({ buyersMayCancel: true }));
    expect(
      (await mutate('cancelBooking', { bookingId: lenient.bookingId }, lenient.buyer)).result,
    ).toMatchObject({ status: 'CANCELED' });
  });

  test('does not release a hold', async () => {
    const at = await hall({ buyersMayCancel: true });
    const buyer = createBuyerId();
    const { id: bookingId } = await hold(at, buyer, 0);
    for (const viewer of [buyer, organizerOf(at)])
      expect((await mutate('cancelBooking', { bookingId }, viewer)).result).toMatchObject({
        __typename: 'BookingStateError',
        bookingStatus: 'HOLD',
      });
  });
});

describe('an event that forbids orphans', () => {
  test('returns the isolated seats and allowed alternatives', async () => {
    const at = await hall({ orphanRule: 'FORBID' });
    const refused = await hold(at, createBuyerId(), 1, 2);
    expect(refused).toMatchObject({
      __typename: 'OrphanSeatsError',
      code: 'ORPHAN_SEATS',
      seats: [{ index: 0 }],
    });
    const alternatives = refused['alternatives'] as { index: number; label: string }[][];
    expect(alternatives.length).toBeGreaterThan(0);
    expect(alternatives[0]?.[0]?.label).toMatch(/^Block A, row \d+, seat \d+$/);
    for (const choice of alternatives) {
      const indexes = choice.map(({ index }) => index);
      expect(indexes).toHaveLength(2);
      expect(indexes[1]).toBe((indexes[0] ?? 0) + 1);
      expect(await hold(at, createBuyerId(), ...indexes)).toMatchObject({ __typename: 'Booking' });
    }
  });

  test('applies the rule to changes too', async () => {
    const at = await hall({ orphanRule: 'FORBID' });
    const buyer = createBuyerId();
    const { id: bookingId } = await hold(at, buyer, 0, 1);
    const { result } = await mutate('changeSeats', { bookingId, seatIds: seats(at, 11, 12) }, buyer);
    expect(result).toMatchObject({ __typename: 'OrphanSeatsError', seats: [{ index: 10 }] });
  });
});

describe('the number of statements', () => {
  test('of a change does not grow with the fields selected on the booking', async () => {
    const at = await hall({ holdExtensionMs: 60_000 });
    const buyer = createBuyerId();
    const extend = async (fields: string, index: number) => {
      const { id: bookingId } = await hold(at, buyer, index);
      return captureStatements(() =>
        client().ask(
          `mutation ($input: ExtendHoldInput!) { extendHold(input: $input) { ... on Booking { ${fields} } } }`,
          { input: { bookingId } },
          buyer,
        ),
      );
    };
    await extend('id', 0); // Prepared statements and caches.
    const bare = await extend('__typename', 1);
    expect(await extend('id status extendedAt holdExpiresAt total { amount currency }', 2)).toEqual(bare);
  });

  test('of a refusal does not grow with its alternatives', async () => {
    const at = await hall({ orphanRule: 'FORBID' }, { rows: 1 });
    const refuse = async () => (await captureStatements(() => hold(at, createBuyerId(), 1, 2))).length;
    await refuse();
    const many = await refuse();
    await hold(at, createBuyerId(), 5, 6, 7, 8, 9);
    const few = await hold(at, createBuyerId(), 1, 2);
    expect(few).toMatchObject({ __typename: 'OrphanSeatsError' });
    // If memory has fewer than three alternatives, the database is queried once.
    expect(await refuse()).toBeLessThanOrEqual(many + 1);
  });
});
