import { expect, test } from 'vitest';
import { InvalidPlanError } from '../../../src/catalog/errors.ts';
import { importVenue, storeVenue } from '../../../src/catalog/venues/import-venue.ts';
import type { SeatingPlan } from '../../../src/catalog/seating-plan/seating-plan.ts';
import { catalogDatabase, newOrganizer, planText } from './catalog.fixture.ts';

const { ctx } = catalogDatabase();

test('a plan becomes a venue with its seats in file order', async () => {
  const organizerId = await newOrganizer(ctx());
  const { venueId } = await importVenue(ctx(), {
    organizerId,
    planJson: planText('Playhouse'),
    timeZone: 'UTC',
  });
  const venue = await ctx().db.venue.findUniqueOrThrow({
    where: { id: venueId },
    include: { seats: { orderBy: { index: 'asc' } } },
  });
  expect(venue).toMatchObject({
    organizerId,
    name: 'Playhouse',
    seatCount: 24,
    width: 1000,
    height: 800,
    categories: [
      { name: 'Stalls', color: '#c2185b' },
      { name: 'Circle', color: '#d35400' },
    ],
  });
  expect(venue.seats.map(({ index }) => index)).toEqual(Array.from({ length: 24 }, (_, index) => index));
  expect(venue.seats[12]).toEqual({
    venueId,
    index: 12,
    guid: 'A-2-3',
    section: 'A',
    row: '2',
    number: '3',
    label: null,
    category: 0,
    x: 61,
    y: 80,
  });
  expect(venue.seats[23]).toMatchObject({ section: 'B "left", {1}\\', number: '4', category: 1, x: 576.5 });
});

test('a plan with label templates is another venue, whose seats have these labels', async () => {
  const organizerId = await newOrganizer(ctx());
  const planJson = planText('Playhouse');
  const plain = await importVenue(ctx(), { organizerId, planJson, timeZone: 'UTC' });
  const labeled = planJson.replaceAll('"row_number":"1"', '"row_number":"1","seat_label":"AA%s"');
  const { venueId } = await importVenue(ctx(), { organizerId, planJson: labeled, timeZone: 'UTC' });
  expect(venueId).not.toBe(plain.venueId);
  const seats = await ctx().db.venueSeat.findMany({ where: { venueId }, orderBy: { index: 'asc' } });
  expect(seats[9]).toMatchObject({ number: '10', label: 'A, row 1, AA10' });
  expect(seats[10]).toMatchObject({ number: '1', label: null });
});

test('an invalid plan is refused with every fault, and nothing is stored', async () => {
  const organizerId = await newOrganizer(ctx());
  const planJson = planText('Bad').replaceAll('"B-1-2"', '"A-1-1"').replace('"Stalls"}', '"Nowhere"}');
  const refusal = importVenue(ctx(), { organizerId, planJson, timeZone: 'UTC' });
  await expect(refusal).rejects.toBeInstanceOf(InvalidPlanError);
  await expect(refusal).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'plan',
    faultCount: 2,
    faults: [
      { path: expect.stringContaining('category') as string },
      { path: expect.stringContaining('seat_guid') as string },
    ],
  });
  await expect(
    importVenue(ctx(), { organizerId, planJson: '{"name":', timeZone: 'UTC' }),
  ).rejects.toMatchObject({
    faults: [{ path: '$' }],
  });
  expect(await ctx().db.venue.count({ where: { organizerId } })).toBe(0);
});

test('an import that fails halfway stores nothing', async () => {
  const organizerId = await newOrganizer(ctx());
  const seat = { guid: 'x', section: 'A', row: '1', number: '1', category: 0, x: 0, y: 0 };
  const seats = Array.from({ length: 20_002 }, (_, index) => ({ ...seat, index }));
  const plan: SeatingPlan = {
    name: 'Broken',
    size: { width: 9, height: 9 },
    categories: [],
    areas: [],
    seats,
  };
  // Fails in the second statement for seats, because an index is taken.
  seats[20_001] = { ...seat, index: 0 };
  await expect(storeVenue(ctx(), { organizerId, timeZone: 'UTC' }, plan)).rejects.toThrow(/23505|unique/i);
  expect(await ctx().db.venue.count({ where: { organizerId } })).toBe(0);
  expect(await ctx().db.venueSeat.count({ where: { guid: 'x' } })).toBe(0);
});

test('another import of the same plan returns the existing venue, whatever its formatting', async () => {
  const organizerId = await newOrganizer(ctx());
  const first = await importVenue(ctx(), { organizerId, planJson: planText('Playhouse'), timeZone: 'UTC' });
  const { zones, ...others } = JSON.parse(planText('Playhouse')) as { zones: object[] };
  const spelt = JSON.stringify({ comment: 'not read', zones, ...others }, null, 2);
  expect(await importVenue(ctx(), { organizerId, planJson: spelt, timeZone: 'UTC' })).toEqual(first);
  expect(await ctx().db.venue.count({ where: { organizerId } })).toBe(1);
  expect(await ctx().db.venueSeat.count({ where: { venueId: first.venueId } })).toBe(24);
});

test('a different plan is another venue, and so is the same plan of another organizer', async () => {
  const [one, two] = [await newOrganizer(ctx()), await newOrganizer(ctx())];
  const planJson = planText('Playhouse');
  const { venueId } = await importVenue(ctx(), { organizerId: one, planJson, timeZone: 'UTC' });
  const others = [
    await importVenue(ctx(), { organizerId: two, planJson, timeZone: 'UTC' }),
    await importVenue(ctx(), {
      organizerId: one,
      planJson: planJson.replace('25.5', '25.25'),
      timeZone: 'UTC',
    }),
    await importVenue(ctx(), { organizerId: one, planJson: planText('Other house'), timeZone: 'UTC' }),
  ];
  expect(new Set([venueId, ...others.map((other) => other.venueId)]).size).toBe(4);
});

test('six concurrent imports of one plan create one venue with all its seats, in each of ten races', async () => {
  for (let round = 0; round < 10; round += 1) {
    const organizerId = await newOrganizer(ctx());
    const planJson = planText(`Round ${round}`);
    const venues = await Promise.all(
      Array.from({ length: 6 }, () => importVenue(ctx(), { organizerId, planJson, timeZone: 'UTC' })),
    );
    const [venueId, ...more] = new Set(venues.map((venue) => venue.venueId));
    expect(more).toEqual([]);
    expect(await ctx().db.venue.count({ where: { organizerId } })).toBe(1);
    expect(await ctx().db.venueSeat.count({ where: { venueId: venueId ?? 0 } })).toBe(24);
  }
});

test('a venue keeps its time zone, and another import of the plan with another zone is refused', async () => {
  const organizerId = await newOrganizer(ctx());
  const planJson = planText('Zoned house');
  const timeZone = 'Europe/Berlin';
  const { venueId } = await importVenue(ctx(), { organizerId, planJson, timeZone });
  expect(await ctx().db.venue.findUniqueOrThrow({ where: { id: venueId } })).toMatchObject({ timeZone });
  expect(await importVenue(ctx(), { organizerId, planJson, timeZone })).toEqual({ venueId });
  const other = importVenue(ctx(), { organizerId, planJson, timeZone: 'UTC' });
  await expect(other).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'timeZone' });
});

test.each([
  '',
  'CET',
  '+01:00',
  'Europe/Atlantis',
  'europe/berlin',
  'Etc/GMT+1\0',
  `Europe/${'x'.repeat(99)}`,
])('the time zone %j is refused', async (timeZone) => {
  const organizerId = await newOrganizer(ctx());
  const refused = importVenue(ctx(), { organizerId, planJson: planText('Nowhere'), timeZone });
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'timeZone' });
});
