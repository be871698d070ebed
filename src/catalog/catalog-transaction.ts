import { sql, type PrismaClient, type Tx } from '../platform/database/db.ts';

/** Context of the catalog's operations. */
export interface CatalogContext {
  readonly db: PrismaClient;
}

/**
 * Timeouts for writing up to 200,000 seats, and for waiting for a concurrent import of the same plan. The timeouts of
 * sessions are too short for either.
 */
const timeoutsMs = { statement: 30_000, lock: 30_000, idle: 10_000, transaction: 60_000 };

/** Runs a transaction that may write as many rows as a venue has seats. It can hold a connection for seconds. */
export function runCatalogTransaction<T>(ctx: CatalogContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.$transaction(
    async (tx) => {
      await prepareForManyRows(tx);
      return work(tx);
    },
    { timeout: timeoutsMs.transaction + 1_000 },
  );
}

/**
 * Raises the timeouts and disables sequential scans. PostgreSQL checks the foreign keys of every row with cached plans,
 * and one that was made while the tables were small would scan them for each row.
 */
async function prepareForManyRows(tx: Tx): Promise<void> {
  await tx.$queryRaw(sql`/* prepareForManyRows */
    SELECT set_config('statement_timeout', ${String(timeoutsMs.statement)}, true),
           set_config('lock_timeout', ${String(timeoutsMs.lock)}, true),
           set_config('idle_in_transaction_session_timeout', ${String(timeoutsMs.idle)}, true),
           -- A running timer keeps its time unless it is stopped first.
           set_config('transaction_timeout', '0', true),
           set_config('transaction_timeout', ${String(timeoutsMs.transaction)}, true),
           set_config('enable_seqscan', 'off', true)`);
}
