import { sql, type PrismaClient, type Tx } from '../platform/database/db.ts';

/** What the operations of the catalog need. */
export interface CatalogContext {
  readonly db: PrismaClient;
}

/**
 * A hall has up to 200,000 seats, and whoever imports the same plan at the same moment waits for the first. A session's
 * own timeouts are made for booking, and too short for either.
 */
const timeoutsMs = { statement: 30_000, lock: 30_000, idle: 10_000, transaction: 60_000 };

/** A transaction that may write as many rows as a venue has seats. Holds a connection of its pool for seconds. */
export function catalogTransaction<T>(ctx: CatalogContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.$transaction(
    async (tx) => {
      await prepareForManyRows(tx);
      return work(tx);
    },
    { timeout: timeoutsMs.transaction + 1_000 },
  );
}

/**
 * Besides the timeouts: every row that is written has its foreign keys looked up, by plans that the session keeps. One
 * that was made while the tables were small would read them from end to end for each row.
 */
async function prepareForManyRows(tx: Tx): Promise<void> {
  await tx.$queryRaw(sql`/* prepareForManyRows */
    SELECT set_config('statement_timeout', ${String(timeoutsMs.statement)}, true),
           set_config('lock_timeout', ${String(timeoutsMs.lock)}, true),
           set_config('idle_in_transaction_session_timeout', ${String(timeoutsMs.idle)}, true),
           -- A timer that runs already keeps its time, unless it is stopped first.
           set_config('transaction_timeout', '0', true),
           set_config('transaction_timeout', ${String(timeoutsMs.transaction)}, true),
           set_config('enable_seqscan', 'off', true)`);
}
