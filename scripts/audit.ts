// `npm run audit`: checks what is stored against the invariants, on a system that may be running.
import { once } from 'node:events';
import { audit, auditLimits, type AuditReport } from '../src/booking/audit/audit.ts';
import { printReport } from '../src/booking/audit/print-report.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { createLogger } from '../src/platform/observability/logger.ts';
import { connectRedis, type Redis } from '../src/platform/redis/redis.ts';
import { watermarksIn } from '../src/messaging/watermarks.ts';
import { liveMapReportsIn } from '../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../src/seating/map/seat-map-cache.ts';
import { openDataFolder, readState } from './local/data-folder.ts';
import { readEnvironment } from '../src/platform/config/environment.ts';
import { command } from './local/explain.ts';
import { useDatabase } from './local/use-database.ts';
import { refuseArguments } from './local/usage.ts';

type Environment = ReturnType<typeof readEnvironment>;

/** Redis of the same start whose database is audited. Null: there is none, so nothing runs there. */
function redisUrlOf(env: Environment): string | null {
  if (env['REDIS_URL'] !== undefined) return env['REDIS_URL'];
  return env['DATABASE_URL'] === undefined ? (readState(openDataFolder(env))?.redisUrl ?? null) : null;
}

/** Waits until it takes commands; where it never does, the audit says so. */
function ready(redis: Redis): Promise<unknown> {
  return once(redis, 'ready', { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
}

function run(env: Environment): Promise<AuditReport> {
  const soon = { DATABASE_URL: 'postgresql://soon', REDIS_URL: 'redis://soon', AUTH_SECRET: 'x'.repeat(32) };
  const { historyDays } = loadConfig({ ...soon, ...env });
  return useDatabase(env, async (db) => {
    // Asked now, not before: useDatabase clears away what a start that was killed has left behind.
    const redisUrl = redisUrlOf(env);
    const silent = createLogger('silent');
    const redis = redisUrl === null ? null : connectRedis(redisUrl, 'sellout-audit', silent);
    try {
      if (redis !== null) await ready(redis);
      return await audit({
        db,
        watermarks: redis === null ? null : watermarksIn(redis),
        cachedMaps: redis === null ? null : new SeatMapCache(redis, silent),
        liveMaps: redis === null ? null : liveMapReportsIn(redis),
        swept: redis !== null || env['DATABASE_URL'] !== undefined,
        limits: { ...auditLimits, historyDays },
      });
    } finally {
      redis?.disconnect();
    }
  });
}

await command(async () => {
  refuseArguments('audit');
  const env = readEnvironment();
  const report = await run(env);
  process.stdout.write(`${printReport(report)}\n`);
  const unasked =
    report.findings.some(({ id, count }) => id === 'I11' && count === null) && redisUrlOf(env) !== null;
  if (report.breaches > 0) process.exitCode = 1;
  else if (unasked) process.exitCode = 2;
});
