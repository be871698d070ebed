import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import {
  FailoverRetries,
  type FailoverRetryLimits,
} from '../../../src/platform/database/failover/failover-retries.ts';
import { NotFoundError } from '../../../src/platform/errors.ts';
import { encodeEventId, encodeHoldRequestId } from '../../../src/platform/ids.ts';
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

function takeDatabaseAway(): void {
  proxy.refusing = true;
  proxy.cutAll();
}

/** Takes the database away until `work` waits for it. */
async function duringOutage<T>(work: () => Promise<T>): Promise<T> {
  takeDatabaseAway();
  const result = work();
  // The caller handles it.
  result.catch(() => undefined);
  try {
    await eventually('a read waits', () => http.context.database.failover.waiting === 1);
  } finally {
    proxy.refusing = false;
  }
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

it('sends a waiting room when the database is back', async () => {
  const query = 'subscription ($id: ID!) { waitingRoomUpdates(eventId: $id) { state } }';
  const result = await duringOutage(() => first(undefined, query, encodeEventId(hall.eventId)));
  expect(result).toMatchObject({ data: { waitingRoomUpdates: { state: 'OFF' } } });
});

it('says that a hold request does not exist when the database is back', async () => {
  const { token } = await BuyerClient.start(http.url);
  const query = 'subscription ($id: ID!) { holdRequestUpdates(holdRequestId: $id) { id } }';
  const id = encodeHoldRequestId(hall.eventId, randomUUID());
  const result = await duringOutage(() => first(token, query, id));
  expect(result).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

it('does not wait if an error has another reason', async () => {
  let calls = 0;
  const reading = new FailoverRetries(direct.reads).retry(() => {
    calls++;
    return Promise.reject(new NotFoundError('The event does not exist: connection refused.'));
  });
  await expect(reading).rejects.toThrow(NotFoundError);
  expect(calls).toBe(1);
});

/** Runs `work` with retries of a database that does not respond. */
async function withoutDatabase(
  limits: Partial<FailoverRetryLimits>,
  work: (retries: FailoverRetries, read: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const cutOff = connectDatabase(proxy.url(database.url), silent);
  takeDatabaseAway();
  try {
    await work(new FailoverRetries(cutOff.reads, limits), () => cutOff.reads.$queryRaw(sql`SELECT 1`));
  } finally {
    proxy.refusing = false;
    await cutOff.close();
  }
}

it('reports the outage if the database does not come back in time', async () => {
  await withoutDatabase({ waitMs: 1 }, async (retries, read) => {
    await expect(retries.retry(read)).rejects.toThrow(/connection/i);
  });
});

it('lets only so many reads wait', async () => {
  await withoutDatabase({ waitMs: Infinity, waiting: 1 }, async (retries, read) => {
    const waiting = retries.retry(read);
    waiting.catch(() => undefined);
    await eventually('it waits', () => retries.waiting === 1);
    await expect(retries.retry(read)).rejects.toThrow(/connection/i);
    retries.close();
    await expect(waiting).rejects.toThrow(/connection/i);
    expect(retries.waiting).toBe(0);
  });
});

// The last one: it stops the server.
it('waits no longer when the server stops', async () => {
  const socket = socketTo(http.url);
  const query = 'subscription ($id: ID!) { seatUpdates(eventId: $id) { __typename } }';
  takeDatabaseAway();
  const results = socket.iterate({ query, variables: { id: encodeEventId(hall.eventId) } });
  const result = results.next();
  await eventually('a read waits', () => http.context.database.failover.waiting === 1);
  const stopped = http.stop();
  expect(await result).toMatchObject({ value: { errors: [{ extensions: { code: 'BUSY' } }] } });
  await stopped;
  proxy.refusing = false;
  await socket.dispose();
});
