import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { planText } from '../../db/catalog/catalog.fixture.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { eventInputFor } from '../mutations/event-input.fixture.ts';

let client: SchemaClient;
let hall: Hall;

beforeAll(async () => {
  client = await createSchemaClient();
  hall = await createHall(client.app.database.reads);
});
afterAll(() => client.close());

const organizer = (): Viewer => ({ userId: hall.organizerId, role: 'ORGANIZER' });
const inputs: readonly [string, () => object][] = [
  ['setEventStatus', () => ({ eventId: encodeEventId(hall.eventId), status: 'PAUSED' })],
  ['createEvent', () => eventInputFor(hall)],
  ['importVenue', () => ({ plan: planText(`Hall ${randomUUID()}`) })],
  ['holdSeats', () => ({ eventId: encodeEventId(hall.eventId), seatIds: [encodeSeatId(hall.eventId, 0)] })],
];

async function mutate(field: string, input: object) {
  const { data, errors } = await client.ask(
    `mutation ($input: ${field[0]?.toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { __typename
       ... on Error { code message } ... on BusyError { retryAfterSeconds outcomeUnknown }
       ... on ReadOnlyError { retryAfterSeconds } } }`,
    { input },
    organizer(),
  );
  expect(errors).toEqual([]);
  return data[field] as unknown;
}

/** ALTER DATABASE takes no parameter for the name. The names come from the test support, so they are safe. */
async function setReadOnly(on: boolean): Promise<void> {
  const { reads } = client.app.database;
  const [row] = await reads.$queryRaw<{ name: string }[]>(sql`SELECT current_database() AS name`);
  const connection = new pg.Client({ connectionString: client.app.config.databaseUrl });
  await connection.connect();
  try {
    await connection.query('SET default_transaction_read_only = off');
    await connection.query(`ALTER DATABASE ${row?.name} SET default_transaction_read_only = ${on}`);
    await connection.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  } finally {
    await connection.end();
  }
  // A pool hands out an ended session until it notices. That would be a different kind of outage.
  const { reads: readPool, worker, batches } = client.app.database;
  for (const pool of [readPool, worker, batches]) {
    const answers = () =>
      pool.$queryRaw(sql`SELECT 1`).then(
        () => true,
        () => false,
      );
    await eventually('the pool has new sessions', answers);
  }
}

test('an event whose rows are locked returns BusyError and is unchanged', async () => {
  const { reads } = client.app.database;
  const locking = new pg.Client({ connectionString: client.app.config.databaseUrl });
  await locking.connect();
  await locking.query('BEGIN');
  await locking.query('SELECT 1 FROM events WHERE id = $1 FOR UPDATE', [hall.eventId]);
  const [, input] = inputs[0] ?? ['', () => ({})];
  expect(await mutate('setEventStatus', input())).toMatchObject({
    __typename: 'BusyError',
    code: 'BUSY',
    outcomeUnknown: false,
  });
  await locking.query('ROLLBACK');
  await locking.end();
  const event = await reads.event.findUniqueOrThrow({ where: { id: hall.eventId } });
  expect(event.status).toBe('ON_SALE');
});

describe('a read-only database', () => {
  beforeAll(() => setReadOnly(true));
  afterAll(() => setReadOnly(false));

  test.each(inputs)('makes %s return ReadOnlyError', async (field, input) => {
    expect(await mutate(field, input())).toMatchObject({
      __typename: 'ReadOnlyError',
      code: 'READ_ONLY',
      retryAfterSeconds: expect.any(Number),
    });
  });

  test('is noticed without a write', async () => {
    await eventually('the service is read-only', () => !client.app.service.areOn);
    const { data } = await client.ask('{ service { mode } }');
    expect(data.service).toEqual({ mode: 'READ_ONLY' });
  });

  test('can still be read', async () => {
    const { data, errors } = await client.ask('query ($id: ID!) { event(id: $id) { status } }', {
      id: encodeEventId(hall.eventId),
    });
    expect(errors).toEqual([]);
    expect(data.event.status).toBe('ON_SALE');
  });
});
