import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { CatalogContext } from '../../../src/catalog/catalog-transaction.ts';
import type { CreateEventInput } from '../../../src/catalog/events/create-event.ts';
import { importVenue } from '../../../src/catalog/venues/import-venue.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

/** A plan of 20 seats of category Stalls in section A, and 4 of Circle in a section whose name needs quoting. */
export function planText(name: string): string {
  const row = (zone: string, number: number, seats: number, category: string) => ({
    row_number: String(number),
    position: { x: 0, y: number * 30 },
    seats: Array.from({ length: seats }, (_, seat) => ({
      seat_guid: `${zone}-${number}-${seat + 1}`,
      seat_number: String(seat + 1),
      position: { x: seat * 25.5, y: 0 },
      category,
    })),
  });
  return JSON.stringify({
    name,
    size: { width: 1000, height: 800 },
    categories: [
      { name: 'Stalls', color: '#c2185b' },
      { name: 'Circle', color: '#d35400' },
    ],
    zones: [
      {
        name: 'A',
        position: { x: 10, y: 20 },
        rows: [row('A', 1, 10, 'Stalls'), row('A', 2, 10, 'Stalls')],
      },
      { name: 'B "left", {1}\\', position: { x: 500, y: 20 }, rows: [row('B', 1, 4, 'Circle')] },
    ],
  });
}

/** Creates a database for the calling test file. `ctx()` returns it while tests run. */
export function catalogDatabase(): { ctx: () => CatalogContext } {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = connectDatabase(test.url, createLogger('silent'));
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });
  return { ctx: () => ({ db: database.reads }) };
}

export async function newOrganizer({ db }: CatalogContext): Promise<string> {
  const id = randomUUID();
  await db.user.create({ data: { id, role: 'ORGANIZER', issuer: 'test', subject: id } });
  return id;
}

/** Creates an organizer's venue of 24 seats, and a complete input for an event there. */
export async function readyToCreate(ctx: CatalogContext): Promise<CreateEventInput> {
  const organizerId = await newOrganizer(ctx);
  const { venueId } = await importVenue(ctx, {
    organizerId,
    planJson: planText('Playhouse'),
    timeZone: 'UTC',
  });
  return {
    organizerId,
    venueId,
    name: 'Opening Night',
    startsAt: new Date('2030-05-01T18:00:00.250Z'),
    onSaleAt: new Date('2030-01-01T09:00:00Z'),
    seatLimit: 6,
    holdTtlSeconds: null,
    currency: 'EUR',
    priceTiers: [
      { category: 'Circle', name: 'Up in the circle', amount: 2_500 },
      { category: 'Stalls', name: null, amount: 4_900 },
    ],
  };
}
