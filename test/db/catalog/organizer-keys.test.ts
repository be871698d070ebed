import { expect, test } from 'vitest';
import { createEvent } from '../../../src/catalog/events/create-event.ts';
import { importVenue } from '../../../src/catalog/venues/import-venue.ts';
import { IdempotencyConflictError, InvalidInputError } from '../../../src/platform/errors.ts';
import { catalogDatabase, newOrganizer, planText, readyToCreate } from './catalog.fixture.ts';

const { ctx } = catalogDatabase();

test('a retry with the same key returns the event of the first call', async () => {
  const input = { ...(await readyToCreate(ctx())), idempotencyKey: 'k' };
  const first = await createEvent(ctx(), input);
  expect(await createEvent(ctx(), input)).toEqual(first);
  expect(await createEvent(ctx(), { ...input, priceTiers: input.priceTiers.toReversed() })).toEqual(first);
  expect(await createEvent(ctx(), { ...input, holdExtensionSeconds: null })).toEqual(first);
  expect(await createEvent(ctx(), { ...input, idempotencyKey: 'K' })).not.toEqual(first);
  expect(await createEvent(ctx(), { ...input, idempotencyKey: null })).not.toEqual(first);
  expect(await ctx().db.event.count({ where: { organizerId: input.organizerId } })).toBe(3);
});

test('a key with different input is a conflict, whichever field differs', async () => {
  const input = { ...(await readyToCreate(ctx())), idempotencyKey: 'k' };
  await createEvent(ctx(), input);
  for (const other of [
    { name: 'Another Night' },
    { startsAt: new Date('2030-05-01T18:00:00.251Z') },
    { seatLimit: 7 },
    { holdTtlSeconds: 60 },
    { status: 'ON_SALE' as const },
    { priceTiers: input.priceTiers.map((tier) => ({ ...tier, amount: tier.amount + 1 })) },
    // Invalid by itself, but the conflict is reported first.
    { currency: 'none' },
  ])
    await expect(createEvent(ctx(), { ...input, ...other })).rejects.toBeInstanceOf(IdempotencyConflictError);
  expect(await ctx().db.event.count({ where: { organizerId: input.organizerId } })).toBe(1);
});

test('concurrent calls with one key create one event', async () => {
  const input = await readyToCreate(ctx());
  for (const idempotencyKey of ['first', 'second', 'third']) {
    const created = await Promise.all(
      Array.from({ length: 5 }, () => createEvent(ctx(), { ...input, idempotencyKey })),
    );
    expect(new Set(created.map(({ eventId }) => eventId)).size).toBe(1);
  }
  expect(await ctx().db.event.count({ where: { organizerId: input.organizerId } })).toBe(3);
});

test('a refused call does not use up its key', async () => {
  const input = { ...(await readyToCreate(ctx())), idempotencyKey: 'k' };
  await expect(createEvent(ctx(), { ...input, name: '' })).rejects.toBeInstanceOf(InvalidInputError);
  const { eventId } = await createEvent(ctx(), input);
  expect(await createEvent(ctx(), input)).toEqual({ eventId });
});

test('two organizers can use the same key', async () => {
  const input = { ...(await readyToCreate(ctx())), idempotencyKey: 'k' };
  const organizerId = await newOrganizer(ctx());
  const { venueId } = await importVenue(ctx(), {
    organizerId,
    planJson: planText('Other House'),
    timeZone: 'UTC',
  });
  const [first, other] = [
    await createEvent(ctx(), input),
    await createEvent(ctx(), { ...input, organizerId, venueId }),
  ];
  expect(other.eventId).not.toBe(first.eventId);
});

test('an empty or oversized key is reported together with other invalid fields', async () => {
  const input = await readyToCreate(ctx());
  for (const idempotencyKey of ['', 'x'.repeat(256)])
    await expect(createEvent(ctx(), { ...input, idempotencyKey, seatLimit: 0 })).rejects.toMatchObject({
      errors: [{ field: 'idempotencyKey' }, { field: 'seatLimit' }],
    });
});
