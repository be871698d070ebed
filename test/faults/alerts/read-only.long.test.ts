import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEventId, parseBookingId } from '../../../src/platform/ids.ts';
import { writeOrder } from '../../../src/platform/service/service.sql.ts';
import { assertInvariants } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestStandby, type TestStandby } from '../../support/services/standby.ts';
import { AlertBench, expectAlerts, SCRAPES_AFTER } from './alert-bench.ts';

/*
 * Two API processes and a worker on a primary whose commits wait for a standby. Each fault is real: the standby ends, the
 * server refuses writes.
 */

let bench: AlertBench;
let standby: TestStandby;
let operator: pg.Client;

beforeAll(async () => {
  bench = await AlertBench.start();
  standby = await startTestStandby(bench.postgres, 's1');
  operator = new pg.Client({ connectionString: bench.postgres.url });
  await operator.connect();
  await operator.query('SET synchronous_commit = local; SET default_transaction_read_only = off');
  await setting(`synchronous_standby_names = 's1'`);
});

afterAll(async () => {
  await assertInvariants(bench.db.reads);
  await operator.end();
  await standby[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

async function setting(change: string): Promise<void> {
  await operator.query(`ALTER SYSTEM SET ${change}`);
  await operator.query('SELECT pg_reload_conf()');
}

interface Ready {
  readonly status: number;
  readonly mode: string;
  readonly degraded: readonly string[];
}

async function readReady(name: 'api-1' | 'api-2' = 'api-1'): Promise<Ready> {
  const response = await fetch(`${bench.processes[name].url}/ready`);
  const { mode, degraded } = (await response.json()) as Ready;
  return { status: response.status, mode, degraded };
}

const isReadOnly = { status: 200, mode: 'READ_ONLY', degraded: ['writes'] };

/** Resolves when all three processes are in the mode. */
async function whenAll(mode: 'NORMAL' | 'READ_ONLY'): Promise<void> {
  await eventually(`all processes are ${mode}`, async () => {
    const values = await Promise.all(
      (['api-1', 'api-2', 'worker'] as const).map((name) => bench.read(name, 'sellout_read_only')),
    );
    return values.every((value) => value === (mode === 'READ_ONLY' ? 1 : 0));
  });
}

async function expectReadsOnly(): Promise<void> {
  expect(await readReady()).toMatchObject(isReadOnly);
  const refused = { __typename: 'ReadOnlyError', code: 'READ_ONLY' };
  expect(await bench.hold()).toMatchObject(refused);
  expect(await bench.hold(bench.buyer.at(bench.processes['api-2'].url))).toMatchObject(refused);
  const map = await fetch(`${bench.url}/events/${encodeEventId(bench.hall.eventId)}/seat-map`);
  expect(map.status).toBe(200);
  const { data } = await bench.buyer.send('{ service { mode reason } events(first: 1) { totalCount } }');
  expect(data).toMatchObject({ service: { mode: 'READ_ONLY', reason: expect.any(String) as unknown } });
}

async function countProbes(): Promise<number> {
  const { rows } = await operator.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND backend_xid IS NULL
       AND pid IN (SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND application_name = 'sellout batches')`,
  );
  return rows[0]?.count ?? 0;
}

/** Sets the deadline of a hold to a moment during the outage, and waits for it. Its buyer has 8 s left afterwards. */
async function letDeadlinePass(id: string): Promise<void> {
  const { bookingId } = parseBookingId(id) ?? {};
  await operator.query(
    `UPDATE bookings SET created_at = created_at - interval '1 hour', hold_expires_at = clock_timestamp() + interval '6 seconds' WHERE id = $1`,
    [bookingId],
  );
  await eventually('the stored deadline passes', async () => {
    const { rowCount } = await operator.query(
      'SELECT FROM bookings WHERE id = $1 AND hold_expires_at < clock_timestamp()',
      [bookingId],
    );
    return rowCount === 1;
  });
}

describe('while the synchronous standby is gone', () => {
  it('all processes refuse writes at once and serve reads, until it is back, and holds stand still', async () => {
    const held = await bench.hold();
    expect(held).toMatchObject({ __typename: 'Booking' });
    await standby.kill();
    // The first command finds out. Its outcome is unknown until the standby is back.
    const key = randomUUID();
    const first = bench.buyer.hold(bench.hall.eventId, [900], key);
    await whenAll('READ_ONLY');
    await expectReadsOnly();
    expect(await first).toMatchObject({ __typename: 'BusyError' });
    const stuck = await countProbes();
    await letDeadlinePass(String(held?.['id']));

    await standby.start();
    await whenAll('NORMAL');
    expect(await readReady()).toMatchObject({ status: 200, mode: 'NORMAL', degraded: [] });
    expect(await bench.buyer.hold(bench.hall.eventId, [900], key)).toMatchObject({ __typename: 'Booking' });
    expect(await bench.buyer.confirm(String(held?.['id']))).toMatchObject({ status: 'CONFIRMED' });
    // However long it lasts: the batch in flight, and one probe of all processes.
    expect(stuck).toBeLessThanOrEqual(3);
  });
});

describe('while the server accepts no writes', () => {
  it('all processes refuse writes at once and serve reads, until it does again', async () => {
    await setting('default_transaction_read_only = on');
    await whenAll('READ_ONLY');
    await expectReadsOnly();
    await setting('default_transaction_read_only = off');
    await whenAll('NORMAL');
    expect(await bench.hold()).toMatchObject({ __typename: 'Booking' });
  });
});

describe('while an operator has switched writes off', () => {
  it('an alert names it, and all processes stay read-only until the order ends', async () => {
    const before = await bench.scrapeTimes(2, () => bench.hold());
    await writeOrder(bench.db.worker, { mode: 'READ_ONLY', reason: 'Switchover' });
    await whenAll('READ_ONLY');
    await expectReadsOnly();
    const after = await bench.scrapeTimes(SCRAPES_AFTER, () => bench.hold());
    await expectAlerts({ before, after, alerts: ['SelloutReadOnly'] });
    await writeOrder(bench.db.worker, { mode: 'AUTO', reason: null });
    await whenAll('NORMAL');
    expect(await bench.hold()).toMatchObject({ __typename: 'Booking' });
  });
});
