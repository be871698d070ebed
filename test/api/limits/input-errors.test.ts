import { describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { eventInputFor } from '../mutations/event-input.fixture.ts';
import { mutationsOfHall } from '../mutations/mutations.fixture.ts';
import { createBuyerId } from '../mutations/tiered-hall.fixture.ts';

const { hall, seats, eventId, mutate } = mutationsOfHall();
const organizer = (): Viewer => ({ userId: hall().organizerId, role: 'ORGANIZER' });

describe('all wrong fields are listed at once', () => {
  test.each<[string, string[], () => object]>([
    [
      'holdSeats',
      ['eventId', 'seatIds', 'idempotencyKey'],
      () => ({ eventId: 'x', seatIds: [], idempotencyKey: '' }),
    ],
    ['holdSeats', ['eventId', 'seatIds'], () => ({ eventId: 'x', seatIds: seats(1, 1) })],
    [
      'holdBestAvailable',
      ['quantity', 'idempotencyKey', 'section', 'priceTier'],
      () => ({ eventId: eventId(), quantity: 0, section: 'Z', priceTier: 'Box', idempotencyKey: '' }),
    ],
    ['holdBestAvailable', ['eventId', 'quantity'], () => ({ eventId: 'x', quantity: 11, section: 'Z' })],
    ['changeSeats', ['bookingId', 'seatIds'], () => ({ bookingId: 'x', seatIds: [] })],
    ['confirmBooking', ['bookingId', 'idempotencyKey'], () => ({ bookingId: 'x', idempotencyKey: '' })],
    ['blockSeats', ['eventId', 'seatIds'], () => ({ eventId: 'x', seatIds: [] })],
    ['unblockSeats', ['eventId', 'seatIds'], () => ({ eventId: 'x', seatIds: ['x'] })],
    [
      'createEvent',
      ['venueId', 'name', 'seatLimit', 'idempotencyKey'],
      () => ({ ...eventInputFor(hall()), venueId: 'x', name: '', seatLimit: 0, idempotencyKey: '' }),
    ],
    [
      'createEvent',
      ['idempotencyKey', 'name', 'priceTiers'],
      () => ({
        ...eventInputFor(hall()),
        name: '',
        idempotencyKey: '',
        priceTiers: [{ category: 'Stalls', amount: 1 }],
      }),
    ],
  ])('by %s: %j', async (field, wrong, input) => {
    const viewer = /createEvent|block/i.test(field) ? organizer() : createBuyerId();
    const { result } = await mutate(field, input(), viewer);
    expect(result).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT', field: wrong[0] });
    expect(result.errors.map((error: { field: string }) => error.field)).toEqual(wrong);
    expect(result.message).toBe(result.errors[0].message);
  });
});

test('createEvent returns the same event for the same key', async () => {
  const input = { ...eventInputFor(hall()), idempotencyKey: 'opening' };
  const priceTiers = [
    { category: 'Stalls', amount: 1_234 },
    { category: 'Balcony', amount: 1_000 },
  ];
  const create = (more: object) => mutate('createEvent', { ...input, priceTiers, ...more }, organizer());
  const first = await create({});
  expect(first.result).toMatchObject({ __typename: 'Event' });
  expect((await create({ priceTiers: priceTiers.toReversed() })).result.id).toBe(first.result.id);
  expect((await create({ name: 'Another' })).result).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  expect((await create({ idempotencyKey: 'another' })).result.id).not.toBe(first.result.id);
});
