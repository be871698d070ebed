import { expect, test } from 'vitest';
import { createEvent, type CreateEventInput } from '../../../src/catalog/events/create-event.ts';
import { InvalidInputError, NotFoundError } from '../../../src/platform/errors.ts';
import { catalogDatabase, newOrganizer, readyToCreate } from './catalog.fixture.ts';

const { ctx } = catalogDatabase();

test('an event has every seat of its venue, priced by category, and is a draft by default', async () => {
  const input = await readyToCreate(ctx());
  const { eventId } = await createEvent(ctx(), { ...input, holdTtlSeconds: 90 });
  const event = await ctx().db.event.findUniqueOrThrow({
    where: { id: eventId },
    include: { priceTiers: { orderBy: { index: 'asc' } }, seats: { orderBy: { index: 'asc' } } },
  });
  const { organizerId, venueId, name, startsAt, onSaleAt } = input;
  expect(event).toMatchObject({
    organizerId,
    venueId,
    name,
    startsAt,
    onSaleAt,
    seatLimit: 6,
    currency: 'EUR',
  });
  expect(event).toMatchObject({ status: 'DRAFT', holdTtlMs: 90_000, seatVersion: 0, seatsTotal: 24 });
  expect(event).toMatchObject({ holdExtensionMs: null, holdLifetimeMaxMs: null, buyersMayCancel: false });
  expect(event.orphanRule).toBe('ALLOW');
  expect(event.priceTiers).toEqual([
    { eventId, index: 0, name: 'Stalls', amount: 4_900n, color: '#c2185b' },
    { eventId, index: 1, name: 'Up in the circle', amount: 2_500n, color: '#d35400' },
  ]);
  expect(event.seats.map(({ index }) => index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
  expect(event.seats.map(({ tierIndex }) => tierIndex)).toEqual([...Array(20).fill(0), ...Array(4).fill(1)]);
  expect(new Set(event.seats.map(({ status }) => status))).toEqual(new Set(['AVAILABLE']));

  const onSale = await createEvent(ctx(), { ...input, status: 'ON_SALE' });
  const other = await ctx().db.event.findUniqueOrThrow({ where: { id: onSale.eventId } });
  expect(other).toMatchObject({ status: 'ON_SALE', holdTtlMs: null });
});

const stalls = { category: 'Stalls', name: null, amount: 1 };
const circle = { category: 'Circle', name: null, amount: 1 };
const faults: [string, Partial<CreateEventInput>][] = [
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(201) }],
  ['name', { name: 'nul\0' }],
  ['name', { name: 'half \uD83C' }],
  ['name', { name: '\u200B\u2800\u00A0' }],
  ['name', { name: 'Cabaret \u202Etibor' }],
  ['startsAt', { startsAt: new Date(Number.NaN) }],
  ['startsAt', { startsAt: new Date('9999-01-01T00:00:00Z') }],
  ['onSaleAt', { onSaleAt: new Date('0001-01-01T00:00:00Z') }],
  ['onSaleAt', { onSaleAt: new Date('2030-05-01T18:00:00.250Z') }],
  ['startsAt', { startsAt: new Date('2025-05-01T18:00:00Z'), onSaleAt: new Date('2025-01-01T00:00:00Z') }],
  ['saleEndsAt', { saleEndsAt: new Date('2030-01-01T09:00:00Z') }],
  ['saleEndsAt', { saleEndsAt: new Date('2030-05-01T18:00:00.251Z') }],
  ['saleEndsAt', { saleEndsAt: new Date(Number.NaN) }],
  ['cancelableUntil', { cancelableUntil: new Date('2030-05-01T18:00:00.251Z') }],
  ['cancelableUntil', { cancelableUntil: new Date('0001-01-01T00:00:00Z') }],
  ['seatLimit', { seatLimit: 0 }],
  ['seatLimit', { seatLimit: 101 }],
  ['seatLimit', { seatLimit: 1.5 }],
  ['holdTtlSeconds', { holdTtlSeconds: 9 }],
  ['holdTtlSeconds', { holdTtlSeconds: 86_401 }],
  ['holdExtensionSeconds', { holdExtensionSeconds: 9 }],
  ['holdExtensionSeconds', { holdExtensionSeconds: 86_401 }],
  ['holdExtensionSeconds', { holdExtensionSeconds: 10.5 }],
  ['holdLifetimeMaxSeconds', { holdTtlSeconds: 60, holdLifetimeMaxSeconds: 59 }],
  ['holdLifetimeMaxSeconds', { holdTtlSeconds: 60, holdLifetimeMaxSeconds: 172_801 }],
  ['holdLifetimeMaxSeconds', { holdTtlSeconds: null, holdLifetimeMaxSeconds: 600 }],
  ['currency', { currency: 'eur' }],
  ['currency', { currency: 'EURO' }],
  ['currency', { currency: 'DEM' }],
  ['currency', { currency: 'XXX' }],
  ['currency', { currency: '__proto__' }],
  ['priceTiers', { priceTiers: [] }],
  ['priceTiers', { priceTiers: [circle] }],
  ['priceTiers.2.category', { priceTiers: [stalls, circle, { ...circle, category: 'Balcony' }] }],
  ['priceTiers.1.category', { priceTiers: [stalls, stalls, circle] }],
  ['priceTiers.1.name', { priceTiers: [stalls, { ...circle, name: '' }] }],
  ['priceTiers.1.name', { priceTiers: [stalls, { ...circle, name: 'private \uE000' }] }],
  ['priceTiers.1.name', { priceTiers: [stalls, { ...circle, name: 'Stalls' }] }],
  [
    'priceTiers.1.name',
    {
      priceTiers: [
        { ...circle, name: 'Stalls\u200D' },
        { ...stalls, name: ' Stalls' },
      ],
    },
  ],
  [
    'priceTiers.1.name',
    {
      priceTiers: [
        { ...stalls, name: 'Caf\u00E9  1' },
        { ...circle, name: 'Cafe\u0301\u00A01' },
      ],
    },
  ],
  ['priceTiers.0.amount', { priceTiers: [{ ...stalls, amount: -1 }, circle] }],
  ['priceTiers.0.amount', { priceTiers: [{ ...stalls, amount: 0.5 }, circle] }],
  ['priceTiers.1.amount', { priceTiers: [stalls, { ...circle, amount: 1_000_000_000_001 }] }],
];

test('an invalid field is reported, and nothing is stored', async () => {
  const input = await readyToCreate(ctx());
  for (const [field, wrong] of faults) {
    const refusal = createEvent(ctx(), { ...input, ...wrong });
    await expect(refusal, `${field} ${JSON.stringify(wrong)}`).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refusal, `${field} ${JSON.stringify(wrong)}`).rejects.toMatchObject({ field });
  }
  expect(await ctx().db.event.count({ where: { organizerId: input.organizerId } })).toBe(0);
});

test('all invalid fields are listed once each', async () => {
  const input = await readyToCreate(ctx());
  const refusal = createEvent(ctx(), {
    ...input,
    name: '',
    startsAt: new Date(Number.NaN),
    seatLimit: 0,
    holdTtlSeconds: 9,
    holdLifetimeMaxSeconds: 1,
    currency: 'eur',
    priceTiers: [
      { category: 'Box', name: '', amount: -1 },
      { category: 'Stalls', name: null, amount: 0.5 },
      { category: 'Stalls', name: null, amount: 1 },
    ],
  });
  const fields = await refusal.catch((error: InvalidInputError) => error.errors.map(({ field }) => field));
  expect(fields).toEqual([
    'name',
    'startsAt',
    'seatLimit',
    'holdTtlSeconds',
    'holdLifetimeMaxSeconds',
    'currency',
    'priceTiers.0.name',
    'priceTiers.0.amount',
    'priceTiers.1.amount',
    'priceTiers.0.category',
    'priceTiers.2.category',
    'priceTiers',
  ]);
  await expect(refusal).rejects.toMatchObject({ field: 'name', message: expect.stringContaining('name') });
});

test('the limits themselves are accepted', async () => {
  const input = await readyToCreate(ctx());
  const priceTiers = [
    { ...stalls, amount: 0 },
    { ...circle, amount: 1_000_000_000_000 },
  ];
  const extremes = { priceTiers, seatLimit: 100, holdTtlSeconds: 86_400, name: '🎭'.repeat(200) };
  const { eventId } = await createEvent(ctx(), { ...input, ...extremes });
  const tiers = await ctx().db.priceTier.findMany({ where: { eventId }, orderBy: { index: 'asc' } });
  expect(tiers.map(({ amount }) => amount)).toEqual([0n, 1_000_000_000_000n]);
});

test('sale and cancellations end at the start of the event by default', async () => {
  const input = await readyToCreate(ctx());
  const { startsAt } = input;
  const byDefault = await createEvent(ctx(), input);
  expect(await ctx().db.event.findUniqueOrThrow({ where: { id: byDefault.eventId } })).toMatchObject({
    saleEndsAt: startsAt,
    cancelableUntil: startsAt,
  });
  const earlier = {
    saleEndsAt: new Date('2030-01-01T09:00:00.001Z'),
    cancelableUntil: new Date('2029-12-01T00:00:00Z'),
  };
  const other = await createEvent(ctx(), { ...input, ...earlier });
  expect(await ctx().db.event.findUniqueOrThrow({ where: { id: other.eventId } })).toMatchObject(earlier);
});

test('an event must start in the future', async () => {
  const input = await readyToCreate(ctx());
  const startsAtMs = input.startsAt.getTime();
  await expect(createEvent(ctx(), input, startsAtMs)).rejects.toMatchObject({ field: 'startsAt' });
  await createEvent(ctx(), input, startsAtMs - 1);
});

test('an event has the rules of its input', async () => {
  const input = await readyToCreate(ctx());
  const rules = { holdExtensionSeconds: 10, orphanRule: 'FORBID', buyersMayCancel: true } as const;
  const times = { holdTtlSeconds: 60, holdLifetimeMaxSeconds: 60 };
  const { eventId } = await createEvent(ctx(), { ...input, ...rules, ...times });
  expect(await ctx().db.event.findUniqueOrThrow({ where: { id: eventId } })).toMatchObject({
    holdTtlMs: 60_000,
    holdExtensionMs: 10_000,
    holdLifetimeMaxMs: 60_000,
    orphanRule: 'FORBID',
    buyersMayCancel: true,
  });
  const longest = { holdTtlSeconds: 86_400, holdExtensionSeconds: 86_400, holdLifetimeMaxSeconds: 172_800 };
  const other = await createEvent(ctx(), { ...input, ...longest });
  expect(await ctx().db.event.findUniqueOrThrow({ where: { id: other.eventId } })).toMatchObject({
    holdExtensionMs: 86_400_000,
    holdLifetimeMaxMs: 172_800_000,
  });
});

test("another organizer's venue does not exist for the caller, nor does an unknown one", async () => {
  const input = await readyToCreate(ctx());
  const organizerId = await newOrganizer(ctx());
  await expect(createEvent(ctx(), { ...input, organizerId })).rejects.toBeInstanceOf(NotFoundError);
  await expect(createEvent(ctx(), { ...input, venueId: 2_147_483_647 })).rejects.toBeInstanceOf(
    NotFoundError,
  );
  expect(await ctx().db.event.count({ where: { organizerId } })).toBe(0);
});
