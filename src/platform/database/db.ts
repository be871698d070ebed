import { PrismaPg } from '@prisma/adapter-pg';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import { Cache } from '../cache.ts';
import type { Logger } from '../observability/logger.ts';
import { isTracing } from '../observability/tracing.ts';
import { measurePool } from './pool-metrics.ts';
import { getConnection, sessionTimeoutsMs, type DatabaseAddress, type PoolName } from './session-settings.ts';
import { traceStatements } from './trace-statements.ts';
import { failUnreplicatedCommits } from './unreplicated-commit.ts';

/** Client of an interactive transaction. */
export type Tx = Prisma.TransactionClient;
export type { PrismaClient };

/** Builds a statement with parameters: `` sql`/* lockSeats *\/ SELECT … ${eventId}` ``. */
export const sql = Prisma.sql;
/** A statement, or part of one, with its parameters. */
export type Sql = Prisma.Sql;
export const emptySql = Prisma.empty;

const PLANNED_EACH_TIME = '/* planned each time */';
/**
 * Marks a statement whose best plan depends on how far the tables have grown, such as one that nodes poll: it is
 * planned for each execution instead of prepared. A prepared one would keep reading whole tables that were small once.
 */
export const plannedEachTime = Prisma.raw(PLANNED_EACH_TIME);

export interface Database {
  /** Only for booking batches. */
  readonly batches: PrismaClient;
  /** For queries. */
  readonly reads: PrismaClient;
  /** For sweeping, history and audits, and for long writes: importing plans and creating events. */
  readonly worker: PrismaClient;
  close(): Promise<void>;
}

export type PoolSizes = Readonly<Record<PoolName, number>>;

/** Longer than PostgreSQL permits anything with the default timeouts to take. */
const SILENCE_MAX_MS = sessionTimeoutsMs.transaction_timeout + 1_000;
/** Longer than any statement of an import or audit, which raise their timeouts. */
const LONG_WORK_SILENCE_MAX_MS = 65_000;

const defaultPoolSizes: PoolSizes = { batches: 8, reads: 8, worker: 3 };

/** Creates three separate pools, so that none can starve another. Connections open on first use. */
export function connectDatabase(
  address: DatabaseAddress,
  logger: Logger,
  sizes: PoolSizes = defaultPoolSizes,
): Database {
  const batches = client(address, 'batches', sizes.batches, logger, SILENCE_MAX_MS);
  const reads = client(address, 'reads', sizes.reads, logger, SILENCE_MAX_MS);
  const worker = client(address, 'worker', sizes.worker, logger, LONG_WORK_SILENCE_MAX_MS);
  return {
    batches,
    reads,
    worker,
    async close() {
      await Promise.all([batches.$disconnect(), reads.$disconnect(), worker.$disconnect()]);
    },
  };
}

function client(
  address: DatabaseAddress,
  name: PoolName,
  max: number,
  logger: Logger,
  silenceMaxMs: number,
): PrismaClient {
  const onError = (error: Error) => logger.warn({ err: error, pool: name }, 'database connection lost');
  const pool = new pg.Pool({
    ...getConnection(address, name),
    application_name: `sellout ${name}`,
    max,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
  // An `error` without a listener ends the process, and Prisma adds its own listener only later.
  pool.on('connect', (connected) => connected.on('error', onError));
  pool.on('connect', failUnreplicatedCommits);
  measurePool(name, pool);
  destroyDeadConnections(pool, silenceMaxMs, logger);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: onError,
    statementNameGenerator: (query) => getStatementName(query.sql),
  });
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
  const getSocket = (client: pg.PoolClient) =>
    (client as unknown as { connection: { stream: Socket } }).connection.stream;
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
