import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { socketTo } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { AlertBench, expectAlerts, SCRAPES_AFTER } from './alert-bench.ts';

/** More than SelloutQueueLong permits. */
const QUEUED = 2_100;
const SOCKETS = 10;
/** More than a rate of 0.1 per second over five minutes. */
const RETRIES = 40;
/** More than the connections of the pool `reads`. */
const READS = 20;

let bench: AlertBench;

beforeAll(async () => {
  bench = await AlertBench.start({
    SOCKET_OPERATIONS_MAX: '10000',
    SOCKET_MESSAGES_PER_SECOND_MAX: '10000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
    CLIENT_MEMORY_BYTES_MAX: '1000000000',
  });
  await bench.hold();
});

afterAll(() => bench[Symbol.asyncDispose]());

/** A transaction that someone has left open, with its locks. */
async function leaveOpen(statement: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: bench.postgres.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return { [Symbol.asyncDispose]: () => client.end() };
}

const lockSeats = () =>
  leaveOpen(`SELECT 1 FROM event_seats WHERE event_id = ${bench.hall.eventId} FOR UPDATE`);

it('alerts name slow holds while another transaction keeps their seats locked', async () => {
  const before = await bench.scrapeTimes(2);
  const blocker = await lockSeats();
  const held = bench.hold();
  await eventually('it timed out', async () => {
    return (await bench.read('api-1', 'sellout_batch_retries_total\\{sqlstate="55P03"\\}')) > 0;
  });
  await blocker[Symbol.asyncDispose]();
  expect(await held).toMatchObject({ __typename: 'Booking' });
  const after = await bench.scrapeTimes(SCRAPES_AFTER);
  await expectAlerts({ before, after, alerts: ['SelloutHoldsSlowBurnFast', 'SelloutHoldsSlowBurnSlow'] });
});

it('an alert names batches that are retried, while their connections are terminated', async () => {
  const { db } = bench;
  const before = await bench.scrapeTimes(2);
  const blocker = await lockSeats();
  const holds: Promise<unknown>[] = [];
  const terminateUntil = (count: number) =>
    eventually('batches were retried', async () => {
      if ((await bench.read('api-1', 'sellout_queued_commands')) === 0) holds.push(bench.hold());
      await db.reads.$executeRawUnsafe(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'`);
      return (await bench.read('api-1', 'sellout_batch_retries_total\\{sqlstate="57P01"\\}')) >= count;
    });
  // The first sample of a new series is no increase to Prometheus.
  await terminateUntil(1);
  const first = await bench.scrape();
  await terminateUntil(1 + RETRIES);
  await blocker[Symbol.asyncDispose]();
  await Promise.all(holds);
  const after = [first, ...(await bench.scrapeTimes(3))];
  await expectAlerts({ before, after, alerts: ['SelloutBatchRetries'] });
});

it('an alert names a long queue while nothing can be committed', async () => {
  const { eventId } = bench.hall;
  const { __typename } = (await bench.hold()) ?? {};
  expect(__typename).toBe('Booking');
  const before = await bench.scrapeTimes(2);
  const blocker = await lockSeats();
  const clients = Array.from({ length: SOCKETS }, () => socketTo(bench.url, bench.buyer.token));
  const input = { eventId: encodeEventId(eventId), seatIds: [encodeSeatId(eventId, 500)] };
  const query = 'mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }';
  const ended = Array.from({ length: QUEUED }, (_, i) => {
    const end = Promise.withResolvers<void>();
    const sink = { next: () => undefined, error: end.reject, complete: end.resolve };
    clients[i % SOCKETS]?.subscribe({ query, variables: { input } }, sink);
    return end.promise;
  });
  await eventually('they are queued', async () => {
    return (await bench.read('api-1', 'sellout_queued_commands')) === QUEUED;
  });
  const after = await bench.scrapeTimes(3);
  await blocker[Symbol.asyncDispose]();
  await Promise.all(ended);
  for (const client of clients) await client.dispose();
  await expectAlerts({ before, after, alerts: ['SelloutQueueLong'] });
});

it('an alert names an exhausted pool while a table is locked', async () => {
  const before = await bench.scrapeTimes(2);
  const blocker = await leaveOpen('LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  const reads = Array.from({ length: READS }, () =>
    bench.buyer.send('{ events(first: 1) { edges { cursor } } }'),
  );
  await eventually('requests wait', async () => {
    return (await bench.read('api-1', 'sellout_db_pool_waiting\\{pool="reads"\\}')) > 0;
  });
  const after = await bench.scrapeTimes(3);
  await blocker[Symbol.asyncDispose]();
  await Promise.all(reads);
  await expectAlerts({ before, after, alerts: ['SelloutPoolExhausted'] });
});
