import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import type { Logger } from '../observability/logger.ts';
import { adaptPool, createClient, createPool } from './pools.ts';
import { FailoverRetries } from './failover/failover-retries.ts';
import { Replicas } from './replicas/replicas.ts';
import {
  getConnection,
  getReplicaConnection,
  sessionTimeoutsMs,
  type DatabaseAddress,
  type PoolName,
} from './session-settings.ts';

/** Client of an interactive transaction. */
export type Tx = Prisma.TransactionClient;
export type { PrismaClient };

/** Builds a statement with parameters: `` sql`/* lockSeats *\/ SELECT … ${eventId}` ``. */
export const sql = Prisma.sql;
/** A statement, or part of one, with its parameters. */
export type Sql = Prisma.Sql;
export const emptySql = Prisma.empty;
/** Part of a statement that is no parameter, such as the name of a table. Never from a client. */
export const rawSql = Prisma.raw;

export { plannedEachTime } from './pools.ts';

export interface Database {
  /** Only for booking batches. */
  readonly batches: PrismaClient;
  /** For queries. */
  readonly reads: PrismaClient;
  /** For sweeping, history and audits, and for long writes: importing plans and creating events. */
  readonly worker: PrismaClient;
  /** For reads that may lag behind the primary. Without replicas, they read from the pool `reads`. */
  readonly replicas: Replicas;
  /** For reads that are retried when the primary is back. */
  readonly failover: FailoverRetries;
  close(): Promise<void>;
}

export type PoolSizes = Readonly<Record<PoolName, number>>;

/** Longer than PostgreSQL permits anything with the default timeouts to take. */
const SILENCE_MAX_MS = sessionTimeoutsMs.transaction_timeout + 1_000;
/** Longer than any statement of an import or audit, which raise their timeouts. */
const LONG_WORK_SILENCE_MAX_MS = 65_000;

const defaultPoolSizes: PoolSizes = { batches: 8, reads: 8, worker: 3 };

/**
 * Creates three separate pools, so that none can starve another, and one for each replica. Connections open on first use;
 * replicas are used after `replicas.start()`.
 */
export function connectDatabase(
  address: DatabaseAddress,
  logger: Logger,
  sizes: PoolSizes = defaultPoolSizes,
  replicaUrls: readonly string[] = [],
): Database {
  const open = (name: PoolName, silenceMaxMs: number) =>
    createPool({ ...getConnection(address, name), name, max: sizes[name], silenceMaxMs, logger });
  const readPool = open('reads', SILENCE_MAX_MS);
  const batches = createClient(adaptPool(open('batches', SILENCE_MAX_MS)));
  const reads = createClient(adaptPool(readPool));
  const worker = createClient(adaptPool(open('worker', LONG_WORK_SILENCE_MAX_MS)));
  const replicas = new Replicas({
    primary: reads,
    primaryPool: readPool,
    connections: replicaUrls.map((url) => getReplicaConnection(url, address)),
    poolSize: sizes.reads,
    silenceMaxMs: SILENCE_MAX_MS,
    logger,
  });
  const failover = new FailoverRetries(reads);
  return {
    batches,
    reads,
    worker,
    replicas,
    failover,
    async close() {
      failover.close();
      await replicas.close();
      await Promise.all([batches.$disconnect(), reads.$disconnect(), worker.$disconnect()]);
    },
  };
}
