import { afterAll, beforeAll, expect, it } from 'vitest';
import { DatabaseClock } from '../../src/platform/database/clock.ts';
import { connectDatabase } from '../../src/platform/database/db.ts';
import { createLogger } from '../../src/platform/observability/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/services/database.ts';
import { eventually } from '../support/eventually.ts';
import { pause } from '../support/pause.ts';
import { startStallingProxy, type StallingProxy } from '../support/proxies/stalling-proxy.ts';

let database: TestDatabase;
let proxy: StallingProxy;
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startStallingProxy(Number(new URL(database.url).port));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await database.drop();
});

/** How long connecting takes. This is the fault itself, not a wait for something. */
const STALL_MS = 1_000;
/** Far less than half the stall, which is the clock's error if it trusted the first answer. */
const ERROR_MS_MAX = 250;

it('the clock has the database’s time, however long the first connection takes', async () => {
  const slow = connectDatabase(proxy.url(database.url), createLogger('silent'));
  const clock = new DatabaseClock(slow.reads, createLogger('silent'));
  proxy.stalled = true;
  const started = clock.start();
  await eventually('it connects', () => proxy.connections > 0);
  await pause(STALL_MS);
  proxy.stalled = false;
  await started;
  // The database runs on this machine and has the same time.
  expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(ERROR_MS_MAX);
  clock.stop();
  await slow.close();
});
