import {
  getRequirements,
  readDatabaseState,
  type DatabaseState,
} from '../../platform/database/database-check.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { ServiceMonitor, ServiceState } from '../../platform/service/service-monitor.ts';
import { requireWhole, type Redis } from '../../platform/redis/redis.ts';
import type { LiveFeeds } from '../../seating/live/live-feeds.ts';
import { sendJson } from '../responses.ts';
import type { RequestContext } from '../request-context.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { httpLimits } from '../limits.ts';

export interface ReadinessContext {
  readonly db: PrismaClient;
  readonly redis: Redis;
  readonly feeds: Pick<LiveFeeds, 'hasMaps'>;
  readonly service: Pick<ServiceMonitor, 'latest'>;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** The state of the services that a node depends on. */
interface Dependencies {
  readonly database: DatabaseState;
  readonly redis: 'ok' | 'unreachable';
}

/** Answers that the process is alive. It does not check what the process depends on. */
export function handleHealth({ res }: RequestContext): void {
  sendJson(res, 200, { status: 'ok' });
}

/**
 * Creates the handler that tells load balancers whether to send requests to this node: 200, with the degraded services, as
 * long as the node can serve something. An outage of a shared service does not cause 503 while the node can work without
 * it: that would take out every node at once.
 */
export function createReadinessHandler(ctx: ReadinessContext): (request: RequestContext) => Promise<void> {
  const required = getRequirements();
  let checking: Promise<Dependencies> | undefined;
  return async ({ res }) => {
    // Single flight: concurrent requests share one check.
    checking ??= check().finally(() => (checking = undefined));
    const { database, redis } = await checking;
    const draining = ctx.stopping.aborted;
    const { mode } = ctx.service.latest.current;
    const reason = draining ? 'draining' : findReason(database, ctx.feeds.hasMaps); // guard: readiness-ignores-redis
    sendJson(res, reason === null ? 200 : 503, {
      status: reason === null ? 'ready' : 'unavailable',
      ...(reason === null ? {} : { reason }),
      degraded: listDegraded({ database, redis, mode }),
      mode,
      database,
      redis,
      draining,
    });
  };

  async function check(): Promise<Dependencies> {
    const { db, redis, logger } = ctx;
    const [database, pong] = await Promise.all([
      readOrNull('the database', readDatabaseState(db, required), logger),
      readOrNull(
        'redis',
        requireWhole(redis).then(() => true),
        logger,
      ),
    ]);
    return { database: database ?? 'unreachable', redis: pong === null ? 'unreachable' : 'ok' };
  }
}

/** Returns why the node can serve nothing; null if it can serve something. */
function findReason(database: DatabaseState, hasMaps: boolean): string | null {
  if (database === 'unsupported') return 'the PostgreSQL version is not supported';
  if (database === 'outdated') return 'migrations have not been applied';
  if (database === 'misconfigured') return 'sessions lack their settings: a connection pooler may drop them';
  // guard: readiness-database
  if (database === 'unreachable' && !hasMaps)
    return 'the database is unreachable and no seat map is in memory';
  return null;
}

function listDegraded({ database, redis, mode }: Dependencies & Pick<ServiceState, 'mode'>): string[] {
  const degraded: string[] = [];
  if (database !== 'ok' && database !== 'read-only') degraded.push('database');
  else if (database === 'read-only' || mode === 'READ_ONLY') degraded.push('writes');
  if (redis !== 'ok') degraded.push('redis');
  return degraded;
}

async function readOrNull<T>(what: string, work: PromiseLike<T>, logger: Logger): Promise<T | null> {
  try {
    return await withTimeout(work, httpLimits.checkTimeoutMs, what, { logger });
  } catch (error) {
    logger.debug({ err: error, what }, 'not ready');
    return null;
  }
}
