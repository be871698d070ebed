import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { createHall } from '../../support/hall.ts';
import { startApiProcess, startWorkerProcess } from '../../support/processes/api-process.ts';
import { runToEnd, type Ended } from '../../support/processes/run-to-end.ts';
import { createTestDatabase } from '../../support/services/database.ts';
import { startTestRedis } from '../../support/services/redis.ts';

/*
 * The whole command against a running server: its exit status for each way in which a run can end. A script stands in for
 * k6, so that these tests need neither k6 nor load.
 */

const program = path.resolve(import.meta.dirname, '../../../loadtest/main.ts');
const undo = new AsyncDisposableStack();
let database: Database;
let services: Record<string, string>;
let eventId: number;
let k6: string;
let reports: string;

beforeAll(async () => {
  const own = undo.use(await createTestDatabase());
  const redis = undo.use(await startTestRedis());
  database = connectDatabase(own.url, silent);
  undo.defer(() => database.close());
  const urls = { databaseUrl: own.url, redisUrl: redis.url };
  const api = await startApiProcess(urls);
  undo.defer(() => api.kill());
  const worker = await startWorkerProcess(urls);
  undo.defer(() => worker.kill());
  services = { BASE_URL: api.url, DATABASE_URL: own.url, REDIS_URL: redis.url };
  k6 = path.join(mkdtempSync(path.join(inject('scratchFolder'), 'k6-')), 'k6');
  const fixture = path.join(import.meta.dirname, 'k6.fixture.ts');
  writeFileSync(k6, `#!/bin/sh\nexec '${process.execPath}' '${fixture}' "$@"\n`);
  chmodSync(k6, 0o755);
});

afterAll(() => undo.disposeAsync());

beforeEach(async () => {
  ({ eventId } = await createHall(database.worker));
  reports = mkdtempSync(path.join(inject('scratchFolder'), 'reports-'));
});

/** Runs checkout, whose stand-in ends as `end` says. */
function run(end: 'passed' | 'breached' | 'broken' | 'unannounced', env = services): Promise<Ended> {
  const sizes = ['--buyers', '2', '--watchers', '3', '--seconds', '1'];
  const event = ['--event', encodeEventId(eventId), '--out', reports];
  return runToEnd([program, 'checkout', ...sizes, ...event], { K6: k6, END: end, ...env });
}

const readReport = (): string => readFileSync(path.join(reports, 'checkout.md'), 'utf8');

it('exits with status 0 after a run in which every check holds, and writes the report', async () => {
  const { code, stdout, stderr } = await run('passed');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✓ audit (no breach)');
  expect(stdout).toContain('✓ no gap in a map (0 of 3 messages)');
  expect(readdirSync(reports).toSorted()).toEqual(['checkout.json', 'checkout.md', 'checkout.svg']);
  expect(readReport()).toContain('**Passed.** Every check holds.');
});

it('exits with status 99 after a breached threshold, such as a dropped iteration', async () => {
  const { code, stdout } = await run('breached');
  expect(stdout).toContain('✗ dropped_iterations: count==0 (3)');
  expect(code).toBe(99);
  expect(readReport()).toMatch(/\*\*Failed\.\*\* 1 of \d+ checks do not hold\./);
});

it('exits with status 99 if the audit finds a breach, such as a seat that was blocked without a change record', async () => {
  await database.worker.$executeRaw(sql`UPDATE event_seats SET status = 'BLOCKED'
    WHERE event_id = ${eventId} AND seat_index = 7`);
  const { code, stdout } = await run('passed');
  expect(stdout).toMatch(/✗ audit \([1-9]\d* breaches\)/);
  expect(code).toBe(99);
  expect(readReport()).toContain('FAILED');
});

it('exits with status 99 if live maps differ from the database in the end', async () => {
  const { code, stdout } = await run('unannounced');
  expect(stdout).toMatch(/✗ every watcher shows the final map \(3 of 3 wrong\)/);
  expect(code).toBe(99);
});

it('exits with status 1 and without a report if the script can not run', async () => {
  const { code, stderr } = await run('broken');
  expect(stderr).toContain('k6 ended with exit status 107:\nthe script has a bug');
  expect(code).toBe(1);
  expect(readdirSync(reports)).toEqual([]);
});

it('does not start if the event has too few free seats', async () => {
  const sizes = ['--rate', '20', '--seconds', '1', '--buyers', '2', '--out', reports];
  const args = [program, 'hold-storm', '--event', encodeEventId(eventId), ...sizes];
  const { code, stderr } = await runToEnd(args, { K6: k6, END: 'passed', ...services });
  expect(stderr).toMatch(/has 40 free seats, and hold-storm needs 50\./);
  expect(code).toBe(1);
});

it('says that nothing was audited if the database is not given', async () => {
  const { BASE_URL = '' } = services;
  const { code } = await run('passed', { BASE_URL });
  expect(code).toBe(0);
  expect(readReport()).toContain('Not audited: the database of the deployment was not given.');
});
