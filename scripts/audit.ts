// `npm run audit`: checks the stored data against the invariants. The system may be running.
import { once } from 'node:events';
import { audit, auditLimits, type AuditReport } from '../src/booking/audit/audit.ts';
import { printReport } from '../src/booking/audit/print-report.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { connectRedis, type Redis } from '../src/platform/redis/redis.ts';
import { createWatermarks } from '../src/messaging/publisher.ts';
import { createLiveMapReports } from '../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../src/seating/map/seat-map-cache.ts';
import { openDataFolder, readState } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { readArguments, runCommand } from './local/command.ts';
import { useDatabase } from './local/database.ts';

type Environment = ReturnType<typeof readEnvironment>;

/** Returns the URL of the Redis that belongs to the audited database, or null if nothing runs. */
function findRedisUrl(env: Environment): string | null {
  if (env['REDIS_URL'] !== undefined) return env['REDIS_URL'];
  return env['DATABASE_URL'] === undefined ? (readState(openDataFolder(env))?.redisUrl ?? null) : null;
}

/** Waits until Redis accepts commands. If it never does, the audit reports that. */
function waitUntilReady(redis: Redis): Promise<unknown> {
  return once(redis, 'ready', { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
}

function run(env: Environment, isStopped: boolean): Promise<AuditReport> {
  const placeholders = {
    DATABASE_URL: 'postgresql://soon',
    REDIS_URL: 'redis://soon',
    AUTH_SECRET: 'x'.repeat(32),
  };
  const { historyDays } = loadConfig({ ...placeholders, ...env });
  return useDatabase(env, async (db) => {
    // Read here, because useDatabase deletes the state of a killed start.
    const redisUrl = findRedisUrl(env);
    const silent = createLogger('silent');
    const redis = redisUrl === null ? null : connectRedis(redisUrl, 'sellout-audit', silent);
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
    report.findings.some(({ id, count }) => id === 'I11' && count === null) && findRedisUrl(env) !== null;
  if (report.breaches > 0) process.exitCode = 1;
  else if (isRedisUnchecked) process.exitCode = 2;
});
