import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { silent } from '../../support/booking.ts';
import { createEventIn } from '../../support/hall.ts';
import { eventually } from '../../support/eventually.ts';
import { AlertBench, expectAlerts, SCRAPES_AFTER } from './alert-bench.ts';

let bench: AlertBench;

beforeAll(async () => {
  bench = await AlertBench.start();
});

afterAll(() => bench[Symbol.asyncDispose]());

const readAuditEnd = () => bench.read('worker', 'sellout_audit_finished_timestamp_seconds');

async function awaitAudit(): Promise<void> {
  const last = await readAuditEnd();
  await eventually('an audit has ended', async () => (await readAuditEnd()) > last);
}

it('an alert names a broken invariant', async () => {
  const { db, hall } = bench;
  const raise = (by: number) =>
    db.reads.$executeRaw(sql`UPDATE events SET seats_held = seats_held + ${by} WHERE id = ${hall.eventId}`);
  const countBreaches = () => bench.read('worker', 'sellout_invariant_breaches\\{invariant="I10"\\}');
  await awaitAudit();
  const before = await bench.scrapeTimes(2);
  await raise(1);
  await eventually('the audit has found it', async () => (await countBreaches()) > 0);
  const after = await bench.scrapeTimes(1);
  await expectAlerts({ before, after, alerts: ['SelloutInvariantBroken'] });
  await raise(-1);
  await eventually('the audit has seen the repair', async () => (await countBreaches()) === 0);
});

it('an alert names hold requests that are buried', async () => {
  const { hall, redis } = bench;
  const countBuried = () => bench.read('worker', 'sellout_hold_requests_buried_total');
  const before = await bench.scrapeTimes(2);
  const client = connectRedis(redis.url, 'test', silent);
  await eventually('Redis is connected', () => client.status === 'ready');
  await client.xadd(`event:{${hall.eventId}}:requests`, '*', 'id', 'x', 'wish', 'not a request');
  await client.sadd('requests:events', hall.eventId);
  await eventually('it is buried', async () => (await countBuried()) > 0);
  client.disconnect();
  const after = await bench.scrapeTimes(2);
  await expectAlerts({ before, after, alerts: ['SelloutHoldRequestsBuried'] });
});

it('alerts name holds that expire late while the worker hangs', async () => {
  const { db, hall, processes, buyer } = bench;
  const eventId = await createEventIn(db.reads, hall.venueId, hall.seatCount, hall.organizerId, {
    holdTtlMs: 1_000,
  });
  const countExpired = () => bench.read('worker', 'sellout_hold_expiration_delay_seconds_count');
  const holdUntilExpired = async (seat: number) => {
    const count = await countExpired();
    expect(await buyer.hold(eventId, [seat])).toMatchObject({ __typename: 'Booking' });
    await eventually('it has expired', async () => (await countExpired()) > count);
  };
  const before = await bench.scrapeTimes(2, () => holdUntilExpired(0));

  expect(await buyer.hold(eventId, [1])).toMatchObject({ __typename: 'Booking' });
  const count = await countExpired();
  processes.worker.freeze();
  await eventually('the hold is long overdue', async () => {
    const [row] = await db.reads.$queryRaw<[{ overdue: boolean }]>(sql`
      SELECT max(hold_expires_at) < clock_timestamp() - interval '2.2 s' AS overdue FROM bookings WHERE event_id = ${eventId}`);
    return row.overdue;
  });
  processes.worker.thaw();
  await eventually('it has expired', async () => (await countExpired()) > count);
  const after = await bench.scrapeTimes(SCRAPES_AFTER);
  const alerts = ['SelloutExpirationsLateBurnFast', 'SelloutExpirationsLateBurnSlow'];
  await expectAlerts({ before, after, alerts });
});

it('an alert names audits that no longer end, while a table is locked', async () => {
  const before = await bench.scrapeTimes(6, awaitAudit);
  const blocker = new pg.Client({ connectionString: bench.postgres.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE');
  const after = await bench.scrapeTimes(8);
  await expectAlerts({ before, after, alerts: ['SelloutAuditMissing'], minutesApart: 4 });
  await blocker.end();
  await awaitAudit();
});

it('alerts name a worker that is gone, and the audits that are missing', async () => {
  const before = await bench.scrapeTimes(6, awaitAudit);
  await bench.processes.worker.kill();
  const after = await bench.scrapeTimes(8);
  await expectAlerts({ before, after, alerts: ['SelloutAuditMissing', 'SelloutDown'], minutesApart: 4 });
});
