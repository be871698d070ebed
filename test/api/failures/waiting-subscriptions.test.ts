import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { PatientReads } from '../../../src/platform/database/failover/patient-reads.ts';
import { NotFoundError } from '../../../src/platform/errors.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { BuyerClient, socketTo } from '../../support/clients/buyer-client.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startPostgresProxy, type PostgresProxy } from '../../support/proxies/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let database: TestDatabase;
let direct: Database;
let proxy: PostgresProxy;
let http: HttpFixture;
let hall: Hall;

beforeAll(async () => {
  database = await createTestDatabase();
  direct = connectDatabase(database.url, silent);
  const { hostname: host, port } = new URL(database.url);
  proxy = await startPostgresProxy({ host, port: Number(port) });
  http = await startHttp({ DATABASE_URL: proxy.url(database.url) });
});
beforeEach(async () => {
  // The process knows nothing of it.
  hall = await createHall(direct.worker);
});
afterAll(async () => {
  await http.close();
  await proxy[Symbol.asyncDispose]();
  await direct.close();
  await database.drop();
});

/** Takes the database away until a new connection was refused since the beginning of `work`. */
async function duringOutage<T>(work: () => Promise<T>): Promise<T> {
  const before = proxy.refused;
  proxy.refusing = true;
  proxy.cutAll();
  const result = work();
  // Handled below.
  result.catch(() => undefined);
  await eventually('a connection is refused', () => proxy.refused > before);
  proxy.refusing = false;
  return result;
}

/** Returns the first result of a subscription. */
async function first(token: string | undefined, query: string, id: string): Promise<unknown> {
  const socket = socketTo(http.url, token);
  try {
    for await (const result of socket.iterate({ query, variables: { id } })) return result;
    throw new Error('the subscription ended without a result');
  } finally {
    await socket.dispose();
  }
}

it('opens the map of an event that it does not know when the database is back', async () => {
  const query = 'subscription ($id: ID!) { seatUpdates(eventId: $id) { __typename } }';
  const result = await duringOutage(() => first(undefined, query, encodeEventId(hall.eventId)));
  expect(result).toMatchObject({ data: { seatUpdates: { __typename: 'SeatMapSnapshot' } } });
});

it('sends a booking when the database is back', async () => {
  const buyer = await BuyerClient.start(http.url);
  const id = String((await buyer.hold(hall.eventId, [0]))?.['id']);
  const query = 'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { id } }';
  const result = await duringOutage(() => first(buyer.token, query, id));
  expect(result).toMatchObject({ data: { bookingUpdates: { id } } });
});

it('does not wait if an error has another reason', async () => {
  let calls = 0;
  const patient = new PatientReads(direct.reads);
  const reading = patient.run(() => {
    calls++;
    return Promise.reject(new NotFoundError('The event does not exist.'));
  });
  await expect(reading).rejects.toThrow(NotFoundError);
  expect(calls).toBe(1);
});

it('reports the outage if the database does not come back in time', async () => {
  const cutOff = connectDatabase(proxy.url(database.url), silent);
  const patient = new PatientReads(cutOff.reads, 1);
  proxy.refusing = true;
  proxy.cutAll();
  const reading = patient.run(() => cutOff.reads.$queryRaw(sql`SELECT 1`));
  await expect(reading).rejects.toThrow(/connection/i);
  proxy.refusing = false;
  await cutOff.close();
});

it('waits no longer when the process stops', async () => {
  const cutOff = connectDatabase(proxy.url(database.url), silent);
  proxy.refusing = true;
  proxy.cutAll();
  const before = proxy.refused;
  const patient = new PatientReads(cutOff.reads, Infinity);
  const reading = patient.run(() => cutOff.reads.$queryRaw(sql`SELECT 1`));
  reading.catch(() => undefined);
  await eventually('a connection is refused', () => proxy.refused > before);
  patient.close();
  await expect(reading).rejects.toThrow(/connection/i);
  proxy.refusing = false;
  await cutOff.close();
});
