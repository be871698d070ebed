import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import { Cache } from '../cache.ts';
import type { Logger } from '../observability/logger.ts';
import { isTracing } from '../observability/tracing.ts';
import { getSocket } from './connection-socket.ts';
import { pipelineStatements } from './driver/pipeline.ts';
import { measurePool } from './pool-metrics.ts';
import { sessionTimeoutsMs, type Connection } from './session-settings.ts';
import { refuseOldPrimaries } from './failover/timelines.ts';
import { traceStatements } from './trace-statements.ts';
import { failUnreplicatedCommits } from './failover/unreplicated-commit.ts';

const PLANNED_EACH_TIME = '/* planned each time */';
/**
 * Marks a statement whose best plan depends on how far the tables have grown, such as one that nodes poll: it is
 * planned for each execution instead of prepared. A prepared one would keep reading whole tables that were small once.
 */
export const plannedEachTime = Prisma.raw(PLANNED_EACH_TIME);

export interface PoolOptions extends Connection {
  /** Shown in metrics, logs and `pg_stat_activity`. */
  readonly name: string;
  readonly max: number;
  /** Time after which a connection in use is destroyed if no byte has moved. */
  readonly silenceMaxMs: number;
  readonly connectTimeoutMs?: number;
  readonly logger: Logger;
}

/** Creates a pool. Connections open on first use. */
export function createPool(options: PoolOptions): pg.Pool {
  const { name, max, silenceMaxMs, connectTimeoutMs = 3_000, logger, ...connection } = options;
  const pool = new pg.Pool({
    ...connection,
    application_name: `sellout ${name}`,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true,
  });
  const onError = (error: Error) => logger.warn({ err: error, pool: name }, 'database connection lost');
  // An `error` without a listener ends the process.
  pool.on('connect', (connected) => connected.on('error', onError));
  pool.on('error', onError);
  pool.on('connect', failUnreplicatedCommits);
  pool.on('connect', pipelineStatements);
  refuseOldPrimaries(pool);
  measurePool(name, pool);
  destroyDeadConnections(pool, silenceMaxMs, logger);
  return pool;
}

/** Makes a pool usable for a Prisma client. `ends`: the pool ends when the client disconnects. */
export function adaptPool(pool: pg.Pool, ends = true): PrismaPg {
  return new PrismaPg(pool, {
    disposeExternalPool: ends,
    statementNameGenerator: (query) => getStatementName(query.sql),
  });
}

export function createClient(adapter: SqlDriverAdapterFactory): PrismaClient {
  return new PrismaClient({
    adapter: isTracing() ? traceStatements(adapter) : adapter,
    transactionOptions: { maxWait: 3_000, timeout: sessionTimeoutsMs.transaction_timeout + 1_000 },
  });
}

/**
 * Destroys connections on which no byte has moved for longer than PostgreSQL may take. If a server vanishes without
 * closing its connections (a frozen host, a cut cable), TCP notices only after hours, and the pool would lose each of
 * them. The query fails, and the next one gets a new connection.
 */
function destroyDeadConnections(pool: pg.Pool, silenceMaxMs: number, logger: Logger): void {
  pool.on('connect', (client) => {
    const socket = getSocket(client);
    socket.on('timeout', () => {
      logger.warn({ silenceMaxMs }, 'database connection is unresponsive; terminated');
      socket.destroy(new Error('Connection terminated: the server did not respond in time'));
    });
  });
  pool.on('acquire', (client) => getSocket(client).setTimeout(silenceMaxMs));
  pool.on('release', (_error, client) => getSocket(client).setTimeout(0));
}

const statementNames = new Cache<string, string>({ entriesMax: 2_000 });

/** Returns the name under which each connection prepares a statement; empty if it is planned each time. */
function getStatementName(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const isPrepared = !text.includes(PLANNED_EACH_TIME); // guard: polls-replanned
  const name = isPrepared ? createHash('sha1').update(text).digest('base64url') : '';
  statementNames.set(text, name);
  return name;
}
