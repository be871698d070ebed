import { Agent, get } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { silent } from '../support/booking.ts';
import { BuyerClient } from '../support/clients/buyer-client.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { pause } from '../support/pause.ts';
import { startApiProcess, type ServerProcess } from '../support/processes/api-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { startCachingNginx, type Nginx } from './nginx.ts';

const POLLERS = 10_000;
/** Each poller asks this often; all of them together two thousand times a second. */
const POLL_EVERY_MS = 5_000;
const POLLS = 3;
const SOCKETS = 200;
const TICK_MS = 20;
/** Of other requests and a map's first second. The origin answers once a second else, and at most once a second to lock. */
const ORIGIN_PER_SECOND_MAX = 2;

let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let hall: Hall;
let api: ServerProcess;
let cdn: Nginx;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  db = connectDatabase(database.url, silent);
  hall = await createHall(db.worker, { rows: 25, seatsPerRow: 40, seatLimit: 100 });
  api = await startApiProcess({ databaseUrl: database.url, redisUrl: redis.url });
  cdn = await startCachingNginx(api.url);
});
afterAll(async () => {
  await cdn[Symbol.asyncDispose]();
  await api.stop();
  await db.close();
  await redis.stop();
  await database.drop();
});

it('answers ten thousand pollers with about one request a second to the origin', async () => {
  const pollers = new Pollers(
    `${cdn.url}/events/${encodeURIComponent(encodeEventId(hall.eventId))}/seat-map`,
  );
  const buyer = await BuyerClient.start(cdn.url);
  const before = await countRequests();
  const selling = new AbortController();
  const sold = sell(buyer, selling.signal);
  const startedAt = performance.now();
  await pollers.run();
  const seconds = (performance.now() - startedAt) / 1_000;
  selling.abort();
  const holds = await sold;

  const atOrigin = (await countRequests()) - before - holds;
  const { answers } = pollers;
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  // docs/cluster.md has figures of this line.
  console.info(
    `${total} polls of ${POLLERS} pollers in ${seconds.toFixed(1)} s (${(total / seconds).toFixed(0)}/s): ` +
      `${[...answers].map(([what, count]) => `${count} × ${what}`).join(', ')}; ${holds} holds meanwhile; ` +
      `${atOrigin} requests for maps at the origin (${(atOrigin / seconds).toFixed(2)}/s)`,
  );
  expect([...answers.keys()].filter((status) => !['200', '304'].includes(status))).toEqual([]);
  expect(total).toBe(POLLERS * POLLS);
  expect(atOrigin).toBeLessThan(ORIGIN_PER_SECOND_MAX * seconds + 2);
  const { seatVersion } = await db.reads.event.findUniqueOrThrow({ where: { id: hall.eventId } });
  await eventually('the CDN serves the last version', async () => {
    const { body } = await pollers.ask(null);
    return (JSON.parse(body) as { version: number }).version === seatVersion;
  });
});

/** Holds one seat after the other, so that the map changes, and returns how many. */
async function sell(buyer: BuyerClient, signal: AbortSignal): Promise<number> {
  let seat = 0;
  while (!signal.aborted) {
    await buyer.hold(hall.eventId, [seat++]);
    await pause(200, signal);
  }
  return seat;
}

/** Returns how many HTTP requests the API process has answered. */
async function countRequests(): Promise<number> {
  const text = await (await fetch(api.metricsUrl)).text();
  const counts = [...text.matchAll(/^sellout_http_requests_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Pollers with an entity tag each, over a few hundred sockets. */
class Pollers {
  readonly url: string;
  /** Number of responses by status. */
  readonly answers = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  readonly #tags = Array.from({ length: POLLERS }, (): string | null => null);

  constructor(url: string) {
    this.url = url;
  }

  /** Lets each poller ask several times, spread evenly over time. */
  async run(): Promise<void> {
    const all: Promise<void>[] = [];
    const total = POLLERS * POLLS;
    const perMs = POLLERS / POLL_EVERY_MS;
    const startedAt = performance.now();
    while (all.length < total) {
      const due = Math.min(total, Math.ceil((performance.now() - startedAt) * perMs));
      while (all.length < due) all.push(this.#poll(all.length % POLLERS));
      await pause(TICK_MS);
    }
    await Promise.all(all);
    this.#agent.destroy();
  }

  async #poll(i: number): Promise<void> {
    const { status, tag } = await this.ask(this.#tags[i] ?? null);
    this.#tags[i] = tag;
    this.answers.set(String(status), (this.answers.get(String(status)) ?? 0) + 1);
  }

  ask(tag: string | null): Promise<{ readonly status: number; readonly tag: string; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const headers = tag === null ? {} : { 'if-none-match': tag };
      get(this.url, { agent: this.#agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            tag: String(response.headers.etag),
            body: Buffer.concat(chunks).toString(),
          }),
        );
      }).once('error', reject);
    });
  }
}
