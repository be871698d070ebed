import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../../../src/main/api.ts';
import { startWorker } from '../../../src/main/worker.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { TEST_SECRET } from '../../support/processes/api-process.ts';
import { startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
import { BuyerClient, socketTo } from '../../support/clients/buyer-client.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

let database: TestDatabase;
let redis: TestRedis;
let config: Config;
let api: RunningApi;
let app: BookingProcess;
let db: PrismaClient;
let hall: Hall;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  config = loadConfig({
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: TEST_SECRET,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    RATE_LIMITS: 'off',
    METRICS_PORT: '0',
    AUDIT_EVERY_SECONDS: '1',
  });
  api = await startApi(config);
  app = startBookingProcess(database.url);
  db = app.database.reads;
  hall = await createHall(db);
});

afterAll(async () => {
  await api.stop();
  await app[Symbol.asyncDispose]();
  await Promise.all([redis.stop(), database.drop()]);
});

async function scrape(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${api.metricsPort}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** Returns the value of a series; undefined if it is missing. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Returns the sum of a metric over all of its labels. */
function sumOf(text: string, metric: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

async function post(query: string, token?: string): Promise<Record<string, never>> {
  const response = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: Record<string, never> }).data;
}

describe('GET /metrics of the API', () => {
  it('counts commands by kind and outcome, and their batches', async () => {
    const before = await scrape();
    const token = (await post('mutation { startGuestSession { token } }'))['startGuestSession']?.['token'];
    const event = await post(
      '{ events(first: 10) { edges { node { id seats(first: 1) { edges { node { id } } } } } } }',
    );
    const node = (event['events'] as unknown as Events).edges[0]?.node;
    const hold = `mutation { holdSeats(input: { eventId: "${node?.id}", seatIds: ["${node?.seats.edges[0]?.node.id}"] }) { __typename } }`;
    await post(hold, token);
    await post(hold, token);
    const after = await scrape();
    const risen = (series: string) => (valueOf(after, series) ?? 0) - (valueOf(before, series) ?? 0);
    expect(risen('sellout_commands_total{kind="hold",outcome="done"}')).toBe(1);
    expect(risen('sellout_commands_total{kind="hold",outcome="SEATS_UNAVAILABLE"}')).toBe(1);
    expect(risen('sellout_batches_total{outcome="committed"}')).toBe(2);
    // A loaded machine may cause a batch to be retried.
    const retries =
      sumOf(after, 'sellout_batch_retries_total') - sumOf(before, 'sellout_batch_retries_total');
    expect(risen('sellout_batch_commands_sum')).toBe(2 + retries);
    expect(risen('sellout_batch_duration_seconds_count')).toBe(2 + retries);
    expect(risen('sellout_http_requests_total{status="2xx"}')).toBeGreaterThanOrEqual(4);
    for (const phase of ['plan', 'lock', 'decide', 'write', 'commit'])
      expect(risen(`sellout_batch_phase_duration_seconds_count{phase="${phase}"}`)).toBeGreaterThan(0);
    expect(risen('sellout_command_duration_seconds_count{kind="hold"}')).toBe(2);
    expect(risen('sellout_queue_wait_seconds_count')).toBe(2);
    expect(valueOf(after, 'sellout_queued_commands')).toBe(0);
  });

  it('measures changes on their way to a socket', async () => {
    const before = await scrape();
    const socket = socketTo(api.url);
    const updates = socket.iterate({
      query: `subscription { seatUpdates(eventId: "${encodeEventId(hall.eventId)}") { __typename } }`,
    });
    await updates.next();
    const buyer = await BuyerClient.start(api.url);
    expect(await buyer.hold(hall.eventId, [20])).toMatchObject({ __typename: 'Booking' });
    await updates.next();
    const after = await scrape();
    const risen = (series: string) => (valueOf(after, series) ?? 0) - (valueOf(before, series) ?? 0);
    expect(risen('sellout_commit_to_socket_seconds_count')).toBe(1);
    // The test cannot assert the delay, but a wrong clock or unit would exceed this by orders of magnitude.
    expect(risen('sellout_commit_to_socket_seconds_sum')).toBeLessThan(60);
    expect(risen('sellout_shared_frames_total')).toBe(2);
    expect(risen('sellout_shared_frame_bytes_total')).toBeGreaterThan(50);
    expect(risen('sellout_feed_changes_total')).toBe(1);
    expect(risen('sellout_feed_messages_total')).toBe(1);
    await updates.return?.();
    await socket.dispose();
  });

  it('counts expired holds and their delay, whoever expires them', async () => {
    const buyer = await BuyerClient.start(api.url);
    expect(await buyer.hold(hall.eventId, [30])).toMatchObject({ __typename: 'Booking' });
    await db.$executeRaw(
      sql`UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at = hold_expires_at - interval '1 hour'
          WHERE event_id = ${hall.eventId} AND status = 'HOLD'`,
    );
    const before = await scrape();
    expect(await buyer.hold(hall.eventId, [30])).toMatchObject({ __typename: 'Booking' });
    const after = await scrape();
    const risen = (series: string) => (valueOf(after, series) ?? 0) - (valueOf(before, series) ?? 0);
    expect(risen('sellout_holds_expired_total')).toBeGreaterThan(0);
    expect(risen('sellout_hold_expiration_delay_seconds_count')).toBe(risen('sellout_holds_expired_total'));
    expect(risen('sellout_hold_expiration_delay_seconds_bucket{le="300"}')).toBe(0);
  });

  it('reports the state of Redis and of the database pools', async () => {
    const text = await scrape();
    expect(valueOf(text, 'sellout_redis_up{connection="sellout-publisher"}')).toBe(1);
    expect(valueOf(text, 'sellout_db_pool_connections{pool="batches",state="idle"}')).toBeGreaterThan(0);
    expect(valueOf(text, 'sellout_db_pool_waiting{pool="batches"}')).toBe(0);
  });

  it('describes the process itself', async () => {
    const text = await scrape();
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(text).not.toMatch(/NaN/);
  });
});

describe('the worker', () => {
  it('audits on its schedule, and reports the number of breaches', async () => {
    const worker = await startWorker(config);
    try {
      await eventually('an audit has found nothing', async () => {
        const text = await scrape();
        return ['I1', 'I2', 'I3', 'I6', 'I8', 'I9', 'I10', 'I11', 'I14'].every(
          (id) => valueOf(text, `sellout_invariant_breaches{invariant="${id}"}`) === 0,
        );
      });
      await db.$executeRaw(sql`UPDATE events SET seats_held = seats_held + 1 WHERE id = ${hall.eventId}`);
      const breaches = async () => valueOf(await scrape(), 'sellout_invariant_breaches{invariant="I10"}');
      await eventually('an audit has found something', async () => ((await breaches()) ?? 0) > 0);
      expect(await breaches()).toBe(1);
    } finally {
      await worker.stop();
    }
  });
});

describe('the port of the metrics', () => {
  const off = () => ({ ...config, metrics: { ...config.metrics, port: null } });
  const statuses = (port: number | undefined, paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status));

  it('of an API process serves metrics and health, and nothing of the API', async () => {
    expect(await statuses(api.metricsPort, ['/metrics', '/health', '/graphql'])).toEqual([200, 200, 404]);
    expect(await statuses(api.port, ['/metrics'])).toEqual([404]);
  });

  it('of a worker serves metrics, health and readiness', async () => {
    const worker = await startWorker(config);
    try {
      const paths = ['/metrics', '/health', '/ready', '/other'];
      expect(await statuses(worker.metricsPort, paths)).toEqual([200, 200, 200, 404]);
    } finally {
      await worker.stop();
    }
  });

  it('is closed if it is not configured', async () => {
    const [otherApi, worker] = await Promise.all([startApi(off()), startWorker(off())]);
    try {
      expect([otherApi.metricsPort, worker.metricsPort]).toEqual([undefined, undefined]);
    } finally {
      await Promise.all([otherApi.stop(), worker.stop()]);
    }
  });
});

interface Events {
  readonly edges: readonly {
    readonly node: {
      readonly id: string;
      readonly seats: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
    };
  }[];
}
