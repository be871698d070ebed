import {
  getRequirements,
  readDatabaseState,
  type DatabaseState,
} from '../../platform/database/database-check.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { Redis } from '../../platform/redis/redis.ts';
import type { LiveFeeds } from '../../seating/live/live-feeds.ts';
import { sendJson } from '../responses.ts';
import type { Exchange } from '../request-context.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { httpLimits } from '../limits.ts';

export interface ReadinessContext {
  readonly db: PrismaClient;
  readonly redis: Redis;
  readonly feeds: Pick<LiveFeeds, 'hasMaps'>;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** What a node depends on, as it found it. */
interface Surroundings {
  readonly database: DatabaseState;
  readonly redis: 'ok' | 'unreachable';
}

/** Answers that the process is alive, whatever it depends on. */
export function handleHealth({ res }: Exchange): void {
  sendJson(res, 200, { status: 'ok' });
}

/**
 * Answers whether a balancer should send requests here: 200, with what is degraded, as long as the node can serve
 * something. What all nodes share is no reason for 503 while part of the work goes on: it would take out every node at
 * once.
 */
export function readinessRoute(ctx: ReadinessContext): (exchange: Exchange) => Promise<void> {
  const required = getRequirements();
  let underWay: Promise<Surroundings> | undefined;
  return async ({ res }) => {
    // Single flight: however many ask, one pair of checks runs.
    underWay ??= check().finally(() => (underWay = undefined));
    const { database, redis } = await underWay;
    const draining = ctx.stopping.aborted;
    const reason = draining ? 'draining' : reasonAgainst(database, ctx.feeds.hasMaps); // guard: readiness-ignores-redis
    sendJson(res, reason === null ? 200 : 503, {
      status: reason === null ? 'ready' : 'unavailable',
      ...(reason === null ? {} : { reason }),
      degraded: degradedBy({ database, redis }),
      database,
      redis,
      draining,
    });
  };

  async function check(): Promise<Surroundings> {
    const { db, redis, logger } = ctx;
    const [database, pong] = await Promise.all([
      orNull('the database', readDatabaseState(db, required), logger),
      orNull('redis', redis.ping(), logger),
    ]);
    return { database: database ?? 'unreachable', redis: pong === null ? 'unreachable' : 'ok' };
  }
}

/** Why the node can serve nothing; null if it can. */
function reasonAgainst(database: DatabaseState, hasMaps: boolean): string | null {
  if (database === 'unsupported') return 'the PostgreSQL version is not supported';
  if (database === 'outdated') return 'migrations have not been applied';
  // guard: readiness-database
  if (database === 'unreachable' && !hasMaps)
    return 'the database is unreachable and no seat map is in memory';
  return null;
}

function degradedBy({ database, redis }: Surroundings): string[] {
  const degraded: string[] = [];
  if (database === 'read-only') degraded.push('writes');
  else if (database !== 'ok') degraded.push('database');
  if (redis !== 'ok') degraded.push('redis');
  return degraded;
}

async function orNull<T>(what: string, work: PromiseLike<T>, logger: Logger): Promise<T | null> {
  try {
    return await withTimeout(work, httpLimits.checkTimeoutMs, what, { logger });
  } catch (error) {
    logger.debug({ err: error, what }, 'not ready');
    return null;
  }
}
