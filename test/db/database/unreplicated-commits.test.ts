import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { randomUUID } from 'node:crypto';
import { CommitUnknownError } from '../../../src/booking/batch/batch-errors.ts';
import { runBatchToTheEnd } from '../../../src/booking/batch/run-batch.ts';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { classifyDbError } from '../../../src/platform/database/db-errors.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { ServiceMonitor } from '../../../src/platform/service/service-monitor.ts';
import {
  assertInvariants,
  createBuyerId,
  silent,
  startBookingProcess,
  type BookingProcess,
} from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { startTestPostgres, type TestPostgres } from '../../support/services/postgres.ts';

/*
 * The primary waits for a synchronous standby that does not exist. An operator ends the waits, which makes each COMMIT
 * succeed with a warning.
 */

let postgres: TestPostgres;
let operator: pg.Client;
/** The operator cancels the waits of one process, terminates those of another, and leaves the third alone. */
let canceled: BookingProcess;
let terminated: BookingProcess;
let waiting: BookingProcess;

beforeAll(async () => {
  postgres = await startTestPostgres();
  operator = new pg.Client({ connectionString: postgres.url });
  await operator.connect();
  await operator.query(
    'SET synchronous_commit = local; ALTER DATABASE sellout SET client_min_messages = error',
  );
  [canceled, terminated, waiting] = ['canceled', 'terminated', 'waiting'].map((name) =>
    startBookingProcess(`${postgres.url}?application_name=${name}`),
  ) as [BookingProcess, BookingProcess, BookingProcess];
});
afterAll(async () => {
  await Promise.all([canceled, terminated, waiting].map((app) => app[Symbol.asyncDispose]()));
  await operator.end();
  await postgres[Symbol.asyncDispose]();
});

afterEach(() => requireStandby(''));

async function requireStandby(name: string): Promise<void> {
  await operator.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await operator.query('SELECT pg_reload_conf()');
  await eventually('the setting applies', async () => {
    const { rows } = await operator.query<{ name: string }>(
      `SELECT current_setting('synchronous_standby_names') AS name`,
    );
    return rows[0]?.name === name;
  });
}

const isWaiting = `wait_event = 'SyncRep' AND application_name = $1`;

async function countWaits(application: string): Promise<number> {
  const { rowCount } = await operator.query(`SELECT FROM pg_stat_activity WHERE ${isWaiting}`, [application]);
  return rowCount ?? 0;
}

async function endWaits(end: 'pg_cancel_backend' | 'pg_terminate_backend', application: string) {
  await operator.query(`SELECT ${end}(pid) FROM pg_stat_activity WHERE ${isWaiting}`, [application]);
}

function hold(app: BookingProcess, { eventId }: Hall, buyerId: string, idempotencyKey: string) {
  return holdSeats(app, { buyerId, eventId, seats: [0], idempotencyKey, onConflict: 'FAIL' });
}

/** Runs `work` while the operator ends each wait. */
async function withOperator<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  work.finally(() => (settled = true)).catch(() => undefined);
  await eventually('the commands are answered', async () => {
    await endWaits('pg_cancel_backend', 'canceled');
    await endWaits('pg_terminate_backend', 'terminated');
    return settled;
  });
  return work;
}

const unknown = { code: 'BUSY', outcomeUnknown: true };

it('PostgreSQL does not apply its timeouts to the wait', async () => {
  await requireStandby('absent');
  const client = new pg.Client({
    connectionString: `${postgres.url}?application_name=timeouts`,
    options: '-c statement_timeout=50 -c transaction_timeout=100 -c client_min_messages=warning',
  });
  await client.connect();
  const warnings: (string | undefined)[] = [];
  client.on('notice', ({ routine }) => warnings.push(routine));
  const creating = client.query('CREATE TABLE waited ()');
  await eventually('the wait lasts ten times as long as the timeout', async () => {
    const overdue = `now() - query_start > interval '500 ms'`;
    const { rowCount } = await operator.query(
      `SELECT FROM pg_stat_activity WHERE ${isWaiting} AND ${overdue}`,
      ['timeouts'],
    );
    return rowCount === 1;
  });
  await endWaits('pg_cancel_backend', 'timeouts');
  await expect(creating).resolves.toBeDefined();
  expect(warnings).toEqual(['SyncRepWaitForLSN']);
  await client.end();
});

it('a COMMIT that no standby confirms has an unknown outcome, as does a lookup or a retry of it', async () => {
  const { reads, batches } = canceled.database;
  const [first, second, third, fourth] = await Promise.all(
    Array.from({ length: 4 }, () => createHall(reads)),
  );
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new Error('a hall is missing');
  const [buyerId, key] = [createBuyerId(), 'held-before-the-outage'];
  await hold(canceled, fourth, buyerId, key);
  await requireStandby('absent');

  const commands = [{ kind: 'block' as const, organizerId: third.organizerId, seats: [0] }];
  const input = {
    eventId: third.eventId,
    batchId: randomUUID(),
    commands,
    neighbors: new Map(),
    contested: [],
    skipLocked: false,
  };
  const abandoned = runBatchToTheEnd(
    waiting.database.batches,
    input,
    // Enough to reach COMMIT on a busy machine.
    { defaultHoldTtlMs: 60_000, deadlineMs: 3_000 },
    silent,
  );
  const [hung, canceledHold, terminatedHold, replay, statement] = await withOperator(
    Promise.allSettled([
      abandoned,
      hold(canceled, first, createBuyerId(), 'canceled'),
      hold(terminated, second, createBuyerId(), 'terminated'),
      hold(canceled, fourth, buyerId, key),
      batches.$executeRaw(sql`CREATE TABLE committed_alone ()`),
    ]),
  );
  expect(hung).toMatchObject({ status: 'rejected', reason: expect.any(CommitUnknownError) as unknown });
  expect(canceledHold).toMatchObject({ status: 'rejected', reason: unknown });
  expect(terminatedHold).toMatchObject({ status: 'rejected', reason: unknown });
  // Nothing is changed by a replay, so that its outcome is certain: the caller was not told.
  expect(replay).toMatchObject({ status: 'rejected', reason: { code: 'BUSY', outcomeUnknown: false } });
  expect(statement.status).toBe('rejected');
  if (statement.status === 'rejected') expect(classifyDbError(statement.reason)).toBe('connection');

  expect(await countWaits('waiting')).toBeGreaterThan(0);
  await requireStandby('');
  await expect(hold(canceled, fourth, buyerId, key)).resolves.toMatchObject({ status: 'HOLD' });
  await assertInvariants(reads);
});

it('a canceled COMMIT succeeds if a standby has confirmed it when its outcome is looked up', async () => {
  const at = await createHall(canceled.database.reads);
  await requireStandby('absent');
  const held = hold(canceled, at, createBuyerId(), 'looked-up');
  held.catch(() => undefined);
  await eventually('COMMIT waits', async () => (await countWaits('canceled')) === 1);
  await endWaits('pg_cancel_backend', 'canceled');
  await eventually('the lookup waits', async () => (await countWaits('canceled')) === 1);
  await requireStandby('');
  await expect(held).resolves.toMatchObject({ status: 'HOLD' });
});

it('a process that commits nothing itself switches its writes off while another one waits', async () => {
  const { reads, batches: probes } = terminated.database;
  await requireStandby('absent');
  const committing = waiting.database.batches.$executeRaw(sql`CREATE TABLE waited_elsewhere ()`);
  committing.catch(() => undefined);
  const limits = { slowBatchMs: 1_500, outageCreditMsMax: 60_000 };
  const monitor = new ServiceMonitor({
    ...limits,
    reads,
    probes,
    disk: null,
    nowMs: Date.now,
    logger: silent,
  });
  onTestFinished(() => monitor.stop());
  await monitor.start();
  await eventually('writes are off', () => !monitor.areOn);
  expect(monitor.latest.current).toMatchObject({ mode: 'READ_ONLY', reason: expect.any(String) as unknown });
  await requireStandby('');
  await committing;
});
