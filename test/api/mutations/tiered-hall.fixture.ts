import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';

export const tiers = [
  { name: 'Stalls', amount: 5_000 },
  { name: 'Balcony', amount: 3_000 },
];

export const createBuyerId = (): Viewer => ({ userId: randomUUID(), role: 'BUYER' });

/** Creates a schema client and a hall of 120 seats in two tiers, for the calling test file. */
export function tieredHall(seatLimit = 6) {
  let client: SchemaClient;
  let hall: Hall;
  beforeAll(async () => {
    client = await createSchemaClient();
    hall = await createHall(client.app.database.reads, { rows: 12, seatLimit, tiers });
  });
  afterAll(() => client.close());
  return { client: () => client, hall: () => hall };
}
