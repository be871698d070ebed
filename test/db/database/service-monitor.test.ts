import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { writeOrder } from '../../../src/platform/service/service.sql.ts';
import { ServiceMonitor } from '../../../src/platform/service/service-monitor.ts';
import { silent } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { countStatements } from '../../support/services/capture-statements.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';

const SEVERAL = 5;

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connectDatabase(testDatabase.url, silent);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function start(
  disk: { path: string; freePercentMin: number } | null = null,
  { reads, batches: probes } = database,
): Promise<ServiceMonitor> {
  const monitor = new ServiceMonitor({
    reads,
    probes,
    disk,
    slowBatchMs: 1_500,
    outageCreditMsMax: 60_000,
    nowMs: Date.now,
    // On a busy machine, a probe takes longer.
    limits: { tickMs: 20, everyMs: 50, stayMinMs: 0, goodProbeMsMax: 3_000 },
    logger: silent,
  });
  onTestFinished(() => monitor.stop());
  await monitor.start();
  return monitor;
}

async function readProbe(): Promise<number | undefined> {
  const row = await database.reads.serviceState.findUnique({ where: { id: 1 } });
  return row?.probedAt?.getTime();
}

it('writes are off while the disk is nearly full', async () => {
  const disk = { path: tmpdir(), freePercentMin: 100 };
  const monitor = await start(disk);
  await eventually('writes are off', () => !monitor.areOn);
  expect(monitor.latest.current.reason).toContain('disk');
  disk.freePercentMin = 0;
  await eventually('writes are on', () => monitor.areOn);
});

it('after a write without space, writes stay off until there is some, although changes of a row work', async () => {
  // One session has a limit of space, as a full disk is one for all.
  const limited = connectDatabase(testDatabase.url, silent, { batches: 1, reads: 1, worker: 1 });
  onTestFinished(() => limited.close());
  await limited.reads.$executeRaw(sql`SET temp_file_limit = '1MB'`);
  const monitor = await start(null, limited);
  monitor.watchBatch().failed(Object.assign(new Error('could not extend a file'), { code: '53100' }));
  await eventually('writes are off', () => !monitor.areOn);
  const before = await readProbe();
  using probes = countStatements('probeDisk');
  await eventually('several probes of the disk were sent', () => probes.count > SEVERAL);
  expect(monitor.areOn).toBe(false);
  expect(await readProbe()).toBe(before);
  await limited.reads.$executeRaw(sql`SET temp_file_limit = -1`);
  await eventually('writes are on', () => monitor.areOn);
});

it('writes stay on if the free space cannot be read', async () => {
  const monitor = await start({ path: '/nowhere', freePercentMin: 50 });
  expect(monitor.areOn).toBe(true);
});

it('probes commit, but not while an operator has switched writes off, and a deleted row is made again', async () => {
  await writeOrder(database.reads, { mode: 'READ_ONLY', reason: null });
  const before = await readProbe();
  const monitor = await start();
  expect(monitor.areOn).toBe(false);
  expect(monitor.refusal()).toMatchObject({ code: 'READ_ONLY', retryAfterSeconds: 30 });
  await writeOrder(database.reads, { mode: 'READ_ONLY', reason: 'A longer upgrade.' });
  await eventually('the new reason is shown', () => monitor.latest.current.reason === 'A longer upgrade.');
  // Probes would be sent at the same interval.
  using readings = countStatements('readService');
  await eventually('the state was read several times', () => readings.count > SEVERAL);
  expect(await readProbe()).toBe(before);
  await database.reads.serviceState.deleteMany();
  await eventually('writes are on', () => monitor.areOn);
  expect(await readProbe()).toBeGreaterThan(before ?? 0);
  // Before the first batch of this process.
  const outages = await database.reads.outage.findMany();
  expect(outages.at(-1)).toMatchObject({ endedAt: expect.any(Date) as unknown });
  expect(monitor.recordedOutages.outages).toHaveLength(outages.length);
});
