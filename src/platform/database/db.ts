import { PrismaPg } from '@prisma/adapter-pg';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import { Cache } from '../cache.ts';
import type { Logger } from '../observability/logger.ts';

/** Inside an interactive transaction. */
export type Tx = Prisma.TransactionClient;
export type { PrismaClient };

/** SQL with its parameters: `` sql`/* lockSeats *\/ SELECT … ${eventId}` ``. */
export const sql = Prisma.sql;
/** A statement, or a part of one, with its parameters. */
export type Sql = Prisma.Sql;
export const emptySql = Prisma.empty;

const PLANNED_EACH_TIME = '/* planned each time */';
/**
 * Marks a statement whose best plan depends on how far the tables have grown, such as one that nodes poll: it is planned
 * for each execution instead of prepared. A prepared one would keep reading whole tables that were small once.
 */
export const plannedEachTime = Prisma.raw(PLANNED_EACH_TIME);

/**
 * What PostgreSQL itself enforces on each session, because Prisma's own transaction timeout cancels nothing on the
 * server. A process that freezes inside a batch loses its locks after the idle time at the latest.
 */
export const sessionTimeoutsMs = {
  lock_timeout: 3_000,
  statement_timeout: 5_000,
  idle_in_transaction_session_timeout: 3_000,
  transaction_timeout: 8_000,
} as const;

/**
 * Everything that batches and the worker read, they read by key. Without these settings a plan that was made while a
 * table was small is kept while it grows, foreign keys' included: measured in the first minute of an on-sale, a batch
 * of 487 holds then took 2,300 ms in sequential scans, instead of 15. Rows that are wanted in an order come from an index
 * in that order: the alternative, for a table that is taken for empty, is any index on the event and a sort.
 */
// guard: index-order-without-sort
const plansByKey = [
  'enable_seqscan',
  'enable_hashjoin',
  'enable_mergejoin',
  'enable_material',
  'enable_sort',
].map((setting) => `${setting}=off`);

export interface Database {
  /** Booking batches, and nothing else. */
  readonly batches: PrismaClient;
  /** Queries. */
  readonly reads: PrismaClient;
  /** Sweeping, history, audits; imports of plans and making events, which take their time. */
  readonly worker: PrismaClient;
  close(): Promise<void>;
}

export interface PoolSizes {
  readonly batches: number;
  readonly reads: number;
  readonly worker: number;
}

/** Longer than PostgreSQL lets anything take that has the ordinary timeouts. */
const SILENCE_MAX_MS = sessionTimeoutsMs.transaction_timeout + 1_000;
/** Imports and audits allow themselves longer statements than others; none of them is silent for longer than this. */
const LONG_WORK_MS = 65_000;

const defaultPoolSizes: PoolSizes = { batches: 8, reads: 8, worker: 3 };

/** Three pools of their own, so that none starves another. Connections are made on first use. */
export function connectDatabase(url: string, logger: Logger, sizes: PoolSizes = defaultPoolSizes): Database {
  const batches = client(url, 'sellout batches', sizes.batches, logger, SILENCE_MAX_MS, plansByKey);
  const reads = client(url, 'sellout reads', sizes.reads, logger, SILENCE_MAX_MS);
  const worker = client(url, 'sellout worker', sizes.worker, logger, LONG_WORK_MS, plansByKey);
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
  url: string,
  applicationName: string,
  max: number,
  logger: Logger,
  silenceMaxMs: number,
  planner: readonly string[] = [],
): PrismaClient {
  const timeouts = Object.entries(sessionTimeoutsMs).map(([name, ms]) => `${name}=${ms}`);
  const settings = [...timeouts, 'jit=off', ...planner].map((setting) => `-c ${setting}`);
  const onError = (error: Error) =>
    logger.warn({ err: error, pool: applicationName }, 'database connection lost');
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    options: settings.join(' '),
  });
  // From the first moment on: between the pool and Prisma a client would have no listener for a while, and an `error`
  // without a listener ends the process.
  pool.on('connect', (connected) => connected.on('error', onError));
  endDeadConnections(pool, silenceMaxMs, logger);
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    onPoolError: onError,
    statementNameGenerator: (query) => statementName(query.sql),
  });
  return new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 3_000, timeout: sessionTimeoutsMs.transaction_timeout + 1_000 },
  });
}

/**
 * A server that is gone without a word (a frozen host, a cut cable) answers nothing, and TCP notices after hours; each
 * such connection would be lost to its pool. Whoever holds one longer than PostgreSQL takes for anything without a
 * single byte coming or going is rid of it: the query fails, and the next gets a new connection.
 */
function endDeadConnections(pool: pg.Pool, silenceMaxMs: number, logger: Logger): void {
  const socketOf = (client: pg.PoolClient) =>
    (client as unknown as { connection: { stream: Socket } }).connection.stream;
  pool.on('connect', (client) => {
    const socket = socketOf(client);
    socket.on('timeout', () => {
      logger.warn({ silenceMaxMs }, 'database connection is unresponsive; terminated');
      socket.destroy(new Error('Connection terminated: the server did not respond in time'));
    });
  });
  pool.on('acquire', (client) => socketOf(client).setTimeout(silenceMaxMs));
  pool.on('release', (_error, client) => socketOf(client).setTimeout(0));
}

const statementNames = new Cache<string, string>({ entriesMax: 2_000 });

/** Returns the name under which each connection prepares a statement; empty if it is planned each time. */
function statementName(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const isPrepared = !text.includes(PLANNED_EACH_TIME); // guard: polls-replanned
  const name = isPrepared ? createHash('sha1').update(text).digest('base64url') : '';
  statementNames.set(text, name);
  return name;
}
