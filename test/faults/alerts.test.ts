import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, sql, type Database } from '../../src/platform/database/db.ts';
import { encodeEventId } from '../../src/platform/ids.ts';
import { silent } from '../support/booking.ts';
import { BuyerClient } from '../support/clients/buyer-client.ts';
import { eventually } from '../support/eventually.ts';
import { createHall, type Hall } from '../support/hall.ts';
import { startApiProcess, startWorkerProcess, type ServerProcess } from '../support/processes/api-process.ts';
import { evaluateAlerts, hasPromtool, type Scrape } from '../support/promtool.ts';
import { startTestPostgres, type TestPostgres } from '../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';

/*
 * Each test breaks something, scrapes the running processes before and after, and lets Prometheus's own rule engine decide
 * which alerts fire. Every value is scraped; only the time between scrapes is assumed to be a minute.
 */

let postgres: TestPostgres;
let redis: TestRedis;
let db: Database;
let api: ServerProcess;
let worker: ServerProcess;
let hall: Hall;
let buyer: BuyerClient;
let nextSeat = 0;

/** Longer than any `for` of the alerts that are tested here. */
const SCRAPES_AFTER = 6;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  db = connectDatabase(postgres.url, silent);
  const settings = {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    env: { AUDIT_EVERY_SECONDS: '1' },
  };
  [api, worker] = await Promise.all([startApiProcess(settings), startWorkerProcess(settings)]);
  hall = await createHall(db.reads, { seatLimit: 40 });
  buyer = await BuyerClient.start(api.url);
  await hold();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await db.close();
  await redis.stop();
  await postgres.stop();
});

const hold = () => buyer.hold(hall.eventId, [nextSeat++]);

async function scrape(): Promise<Scrape> {
  const read = async (process: ServerProcess) => (await fetch(process.metricsUrl)).text();
  const [ofApi, ofWorker] = await Promise.all([read(api), read(worker)]);
  return { 'sellout-api': ofApi, 'sellout-worker': ofWorker };
}

async function scrapeTimes(count: number, before: () => Promise<unknown> = () => Promise.resolve()) {
  const scrapes: Scrape[] = [];
  for (let i = 0; i < count; i++) {
    await before();
    scrapes.push(await scrape());
  }
  return scrapes;
}

/** Checks that the alerts do not fire before the fault, and do after it. */
async function expectBetween(
  before: readonly Scrape[],
  after: readonly Scrape[],
  alerts: readonly string[],
): Promise<void> {
  expect(await evaluateAlerts(before, [], alerts.join('|'))).toContain('SUCCESS');
  expect(await evaluateAlerts([...before, ...after], alerts)).toContain('SUCCESS');
}

const apiSays = (line: RegExp) => async () => line.test((await scrape())['sellout-api'] ?? '');

describe.runIf(hasPromtool)('alerts', () => {
  it('do not fire while everything works', async () => {
    const request = () => fetch(`${api.url}/health`);
    const scrapes = await scrapeTimes(SCRAPES_AFTER, request);
    expect(await evaluateAlerts(scrapes, [], '.*')).toContain('SUCCESS');
  });

  it('name Redis and the changes that were not published while it is stopped', async () => {
    const before = await scrapeTimes(2, async () => expect(await hold()).toBeDefined());
    await redis.stop();
    await eventually('it is noticed', apiSays(/^sellout_redis_up\{connection="sellout-publisher"\} 0$/m));
    const after = await scrapeTimes(SCRAPES_AFTER, hold);
    await expectBetween(before, after, ['SelloutPublishingFails', 'SelloutRedisDown']);
    await redis.restart();
    const up = /^sellout_redis_up\{connection="sellout-publisher"\} 1$/m;
    await eventually('it is back', apiSays(up));
  });

  it('name a broken invariant', async () => {
    const before = await scrapeTimes(2);
    const broken = async () => {
      const text = (await scrape())['sellout-worker'] ?? '';
      return /^sellout_invariant_breaches\{invariant="I10"\} [1-9]/m.test(text);
    };
    expect(await broken()).toBe(false);
    await db.reads.$executeRaw(sql`UPDATE events SET seats_held = seats_held + 1 WHERE id = ${hall.eventId}`);
    await eventually('the audit has found it', broken);
    await expectBetween(before, await scrapeTimes(1), ['SelloutInvariantBroken']);
    await db.reads.$executeRaw(sql`UPDATE events SET seats_held = seats_held - 1 WHERE id = ${hall.eventId}`);
    await eventually('the audit has seen the repair', async () => !(await broken()));
  });

  it('name slow holds while another transaction keeps their seats locked', async () => {
    const before = await scrapeTimes(2);
    const blocker = new pg.Client({ connectionString: postgres.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM event_seats WHERE event_id = $1 FOR UPDATE', [hall.eventId]);
    const held = hold();
    await eventually('it timed out', apiSays(/^sellout_batch_retries_total\{sqlstate="55P03"\} [1-9]/m));
    await blocker.query('ROLLBACK');
    await blocker.end();
    expect(await held).toMatchObject({ __typename: 'Booking' });
    await expectBetween(before, await scrapeTimes(3), ['SelloutHoldsSlowBurnFast']);
  });

  it('name failing requests while PostgreSQL is stopped', async () => {
    const before = await scrapeTimes(2);
    await postgres.stop();
    const url = `${api.url}/events/${encodeEventId(hall.eventId + 1)}/seat-map`;
    const after = await scrapeTimes(SCRAPES_AFTER, async () => {
      expect((await fetch(url)).status).toBe(503);
    });
    await expectBetween(before, after, ['SelloutErrorBudgetBurnFast']);
    await postgres.start();
  });
});
