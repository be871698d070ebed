import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSeats } from '../../../src/graphql/reads/seats.sql.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { primaryOnly } from '../../../src/platform/database/replicas/replicas.ts';
import { BusyError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { EventLayouts } from '../../../src/seating/layout/event-layouts.ts';
import { SeatDetails } from '../../../src/seating/live/seat-details.ts';
import { VenueLayouts } from '../../../src/seating/layout/venue-layouts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { createEventIn, createHall } from '../../support/hall.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';

let scratch: TestDatabase;
let database: Database;
beforeAll(async () => {
  scratch = await createTestDatabase();
  database = connectDatabase(scratch.url, createLogger('silent'));
});
afterAll(async () => {
  await database.close();
  await scratch.drop();
});

const createLayouts = () => new EventLayouts(database, new VenueLayouts(database.replicas));

function seatDetails(limits?: { readonly unusedSeatsMax: number; readonly seatsMax: number }): SeatDetails {
  return new SeatDetails(database.replicas, createLayouts(), limits);
}

const readsOfVenues = (statements: readonly string[]) =>
  statements.filter((text) => text.includes('/* readVenue */')).length;

test('every seat has the labels and the price of the database', async () => {
  const { reads } = database;
  const tiers = [
    { name: 'Stalls', amount: 5_000 },
    { name: 'Balcony', amount: 3_000 },
  ];
  // More than one slice of seats.
  const hall = await createHall(reads, { rows: 60, seatsPerRow: 100, tiers });
  await reads.$executeRaw(sql`UPDATE venue_seats SET label = 'Box ' || seat_index, section = 'Block B'
    WHERE venue_id = ${hall.venueId} AND seat_index % 7 = 3`);
  const seats = seatDetails();
  const release = await seats.retain(hall.eventId);
  const indexes = Array.from({ length: hall.seatCount }, (_, index) => index);
  const rows = await readSeats(
    reads,
    indexes.map((index) => ({ eventId: hall.eventId, index })),
  );
  expect(rows).toHaveLength(6_000);
  for (const { index, section, row, number, label, tierIndex } of rows)
    expect(seats.get(hall.eventId, index)).toEqual({
      section,
      row,
      number,
      label,
      category: tierIndex,
      tier: { ...tiers[tierIndex], color: '#4a90d9' },
      currency: 'EUR',
    });
  expect(seats.get(hall.eventId, hall.seatCount)).toBeNull();
  release();
  expect(seats.get(hall.eventId, 0)).toBeNull();
});

test('a venue is read once, for all its events and users', async () => {
  const { reads } = database;
  const hall = await createHall(reads);
  const other = await createEventIn(reads, hall.venueId, hall.seatCount, hall.organizerId);
  const seats = seatDetails();
  const statements = await captureStatements(async () => {
    const all = await Promise.all(
      [hall.eventId, other, hall.eventId].map((eventId) => seats.retain(eventId)),
    );
    for (const release of all) release();
    await seats.retain(other);
  });
  expect(readsOfVenues(statements)).toBe(1);
  expect(seats.get(hall.eventId, 0)).toBeNull();
  expect(seats.get(other, 0)).not.toBeNull();
});

test('seats above the limit are refused until others are released', async () => {
  const { reads } = database;
  const [first, second] = [await createHall(reads), await createHall(reads)];
  const seats = seatDetails({ unusedSeatsMax: 0, seatsMax: 50 });
  const release = await seats.retain(first.eventId);
  await expect(seats.retain(second.eventId)).rejects.toBeInstanceOf(BusyError);
  // The same venue needs no more room.
  const again = await seats.retain(first.eventId);
  release();
  await expect(seats.retain(second.eventId)).rejects.toBeInstanceOf(BusyError);
  again();
  await seats.retain(second.eventId);
  expect(seats.get(second.eventId, 0)).not.toBeNull();
});

test('an unused venue is cached while there is room', async () => {
  const { reads } = database;
  const halls = [await createHall(reads), await createHall(reads), await createHall(reads)];
  const seats = seatDetails({ unusedSeatsMax: 80, seatsMax: 1_000 });
  const visit = async (hall: number) =>
    readsOfVenues(await captureStatements(async () => (await seats.retain(halls[hall]?.eventId ?? 0))()));
  expect([await visit(0), await visit(1), await visit(0)]).toEqual([1, 1, 0]);
  // There is room for two of three: the least recently used one is evicted.
  expect([await visit(2), await visit(0), await visit(1)]).toEqual([1, 0, 1]);
});

test('a venue that could not be read is read again', async () => {
  const hall = await createHall(database.reads);
  const { reads } = database;
  let fails = true;
  const failing = new Proxy(reads, {
    get: (target, name) =>
      fails && name === '$queryRaw'
        ? () => Promise.reject(new Error('away'))
        : (Reflect.get(target, name) as unknown),
  });
  const seats = new SeatDetails(primaryOnly(failing), createLayouts());
  await expect(seats.retain(hall.eventId)).rejects.toThrow('away');
  fails = false;
  await seats.retain(hall.eventId);
  expect(seats.get(hall.eventId, 0)).not.toBeNull();
});
