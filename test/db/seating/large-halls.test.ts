import { expect, it, vi } from 'vitest';
import { importVenue } from '../../../src/catalog/venues/import-venue.ts';
import { generateArena } from '../../../prisma/plans/arena.ts';
import { computeLayout } from '../../../src/seating/layout/venue-layout.ts';
import { bookingSuite } from '../booking/booking.fixture.ts';

/*
 * Long computations for a large hall must not run on the main thread. Here the main thread cannot run them: the mocks only
 * exist in this thread, and worker threads have the real modules.
 */
vi.mock('../../../src/seating/rows/row-runs.ts', () => ({
  findRuns: () => {
    throw new Error('rows in the main thread');
  },
}));
vi.mock('../../../src/catalog/seating-plan/parse-plan.ts', () => ({
  parseSeatingPlan: () => {
    throw new Error('a plan in the main thread');
  },
}));

const { app, hall } = bookingSuite();
const large = { rows: 60, seatsPerRow: 100 };

it('computes the rows of a large hall in another thread, once', async () => {
  const none = { guid: [], section: [], row: [], category: [], x: [], y: [] };
  expect(() => computeLayout(none, { x: 0, y: 0 })).toThrow('rows in the main thread');
  const at = await hall(large, { orphanRule: 'FORBID' });
  const threads: unknown[] = [];
  const count = (worker: unknown) => threads.push(worker);
  process.on('worker', count);
  const choice = { quantity: 3, section: null, tiers: null, near: [] };
  const both = await Promise.all([1, 2].map(() => app().bestAvailable.choose(at.eventId, [{ choice }])));
  process.off('worker', count);
  expect(both.flat()).toEqual([1, 2].map(() => ({ seats: [49, 50, 51], contested: false })));
  expect(threads).toHaveLength(1);
  const around = await app().eventLayouts.getNeighborsAround(at.eventId, [199]);
  expect(around.get(199)).toEqual({ left: 198, right: null });
});

it('fails the requests that need a layout if it cannot be computed, and retries for the next one', async () => {
  const small = await hall({ rows: 1 }, { orphanRule: 'FORBID' });
  const choose = () => app().eventLayouts.getNeighborsAround(small.eventId, [0]);
  await expect(choose()).rejects.toThrow('rows in the main thread');
  await expect(choose()).rejects.toThrow('rows in the main thread');
});

it('parses a large plan in another thread: its seats, and its errors', async () => {
  const { organizerId } = await hall({ rows: 1 });
  const db = app().database.worker;
  const plan = generateArena();
  const planJson = JSON.stringify(plan);
  await expect(importVenue({ db }, { organizerId, planJson: '{}', timeZone: 'UTC' })).rejects.toThrow(
    'in the main thread',
  );
  const { venueId } = await importVenue({ db }, { organizerId, planJson, timeZone: 'UTC' });
  const seats = plan.zones.flatMap((zone) => zone.rows.flatMap((row) => row.seats));
  const venue = await db.venue.findUniqueOrThrow({ where: { id: venueId } });
  expect(venue).toMatchObject({ name: plan.name, seatCount: seats.length, categories: plan.categories });
  const last = await db.venueSeat.findFirstOrThrow({ where: { venueId }, orderBy: { index: 'desc' } });
  expect(last).toMatchObject({ index: seats.length - 1, guid: seats.at(-1)?.seat_guid });
  expect(await importVenue({ db }, { organizerId, planJson: ` ${planJson}`, timeZone: 'UTC' })).toEqual({
    venueId,
  });

  const faulty = planJson.replaceAll('"seat_number"', '"seat_numbr"');
  await expect(importVenue({ db }, { organizerId, planJson: faulty, timeZone: 'UTC' })).rejects.toMatchObject(
    {
      code: 'INVALID_INPUT',
      faultCount: seats.length,
      faults: Array.from({ length: 100 }, () => ({ message: expect.any(String) as string })),
    },
  );
});
