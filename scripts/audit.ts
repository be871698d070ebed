// `npm run audit`: checks the stored data against the invariants. The system may be running.
import { once } from 'node:events';
import { audit, auditLimits, type AuditReport } from '../src/booking/audit/audit.ts';
import { printReport } from '../src/booking/audit/print-report.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { findRedisSetting } from '../src/platform/config/redis-settings.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { connectRedis, type Redis, type RedisAddress } from '../src/platform/redis/redis.ts';
import { createWatermarks } from '../src/messaging/publisher.ts';
import { createLiveMapReports } from '../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../src/seating/map/seat-map-cache.ts';
import { openDataFolder, readState } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readArguments, runCommand } from './local/command.ts';
import { useDatabase } from './local/database.ts';
import { withPlaceholders } from './local/placeholders.ts';

type Environment = ReturnType<typeof readEnvironment>;

/** Returns the address of the Redis that belongs to the audited database, or null if nothing runs. */
function findRedis(env: Environment, configured: RedisAddress): RedisAddress | null {
  if (findRedisSetting(env) !== undefined) return configured;
  return env['DATABASE_URL'] === undefined ? (readState(openDataFolder(env))?.redis ?? null) : null;
}

function wasRedisExpected(env: Environment): boolean {
  return findRedisSetting(env) !== undefined || findRedis(env, '') !== null;
}

/** Waits until Redis accepts commands. If it never does, the audit reports that. */
function waitUntilReady(redis: Redis): Promise<unknown> {
  return once(redis, 'ready', { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
}

function run(env: Environment, isStopped: boolean): Promise<AuditReport> {
  const { historyDays, redis: configured } = loadConfig({
    AUTH_SECRET: 'x'.repeat(32),
    ...withPlaceholders(env),
  });
  return useDatabase(env, async (db) => {
    // Read here, because useDatabase deletes the state of a killed start.
    const address = findRedis(env, configured);
    const silent = createLogger('silent');
    const redis = address === null ? null : connectRedis(address, 'sellout-audit', silent);
    try {
      if (redis !== null) await waitUntilReady(redis);
      return await audit({
        db,
        watermarks: redis === null ? null : createWatermarks(redis),
        cachedMaps: redis === null ? null : new SeatMapCache(redis, silent),
        liveMaps: redis === null ? null : createLiveMapReports(redis),
        swept: !isStopped && (redis !== null || env['DATABASE_URL'] !== undefined),
        limits: { ...auditLimits, historyDays },
      });
    } finally {
      redis?.disconnect();
    }
  });
}

await runCommand(async () => {
  const { values } = readArguments('audit', { options: { stopped: { type: 'boolean' } } });
  const env = readEnvironment();
  const report = await run(env, values.stopped === true);
  process.stdout.write(`${printReport(report)}\n`);
  const isRedisUnchecked =
    report.findings.some(({ id, count }) => id === 'I11' && count === null) && wasRedisExpected(env);
  if (report.breaches > 0) process.exitCode = 1;
  else if (isRedisUnchecked) process.exitCode = 2;
});
