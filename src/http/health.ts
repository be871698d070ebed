import { sql, type PrismaClient } from '../platform/db.ts';
import type { Logger } from '../platform/logger.ts';
import type { Redis } from '../platform/redis.ts';
import { sendJson } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { inTime } from './in-time.ts';
import { httpLimits } from './limits.ts';

export interface ReadinessContext {
  readonly db: PrismaClient;
  readonly redis: Redis;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

interface Readiness {
  readonly database: boolean;
  readonly redis: boolean;
}

/** The process is alive, whatever its surroundings. */
export function handleHealth({ res }: Exchange): void {
  sendJson(res, 200, { status: 'ok' });
}

/** Whether requests should be sent here: not while the database or Redis is out of reach, nor while it stops. */
export function readinessRoute(ctx: ReadinessContext): (exchange: Exchange) => Promise<void> {
  let underWay: Promise<Readiness> | undefined;
  return async ({ res }) => {
    // Single flight: however many ask, one pair of checks runs.
    underWay ??= check(ctx).finally(() => (underWay = undefined));
    const { database, redis } = await underWay;
    const draining = ctx.stopping.aborted;
    const ready = database && redis && !draining;
    sendJson(res, ready ? 200 : 503, {
      status: ready ? 'ready' : 'unavailable',
      database: database ? 'ok' : 'unreachable',
      redis: redis ? 'ok' : 'unreachable',
      draining,
    });
  };
}

async function check({ db, redis, logger }: ReadinessContext): Promise<Readiness> {
  const [databaseOk, redisOk] = await Promise.all([
    succeeds('the database', db.$queryRaw(sql`/* ready */ SELECT 1`), logger),
    succeeds('redis', redis.ping(), logger),
  ]);
  return { database: databaseOk, redis: redisOk };
}

async function succeeds(what: string, work: PromiseLike<unknown>, logger: Logger): Promise<boolean> {
  try {
    await inTime(what, httpLimits.checkTimeoutMs, work, logger);
    return true;
  } catch (error) {
    logger.debug({ err: error, what }, 'not ready');
    return false;
  }
}
