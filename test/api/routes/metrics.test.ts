import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../../../src/main/api.ts';
import { startWorker } from '../../../src/main/worker.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { TEST_SECRET } from '../../support/processes/api-process.ts';
import { startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { eventually } from '../../support/eventually.ts';
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
    expect(risen('sellout_batch_commands_sum')).toBe(2);
    expect(risen('sellout_batch_seconds_count')).toBe(2);
    expect(risen('sellout_batch_step_seconds_count{step="locked"}')).toBe(2);
    expect(risen('sellout_http_requests_total{status="2xx"}')).toBeGreaterThanOrEqual(4);
    expect(valueOf(after, 'sellout_group_commit_waiting')).toBe(0);
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
