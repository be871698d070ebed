import { sql, type PrismaClient, type Tx } from '../database/db.ts';
import { hasAbandonedOutage, parseRecorded, recordedReading, type RecordedRow } from './outages.sql.ts';
import type { RecordedOutages } from './outages.ts';
import type { Order } from './write-gate.ts';

/** What a process asks the database about the service, once a second. */
export interface ServiceReading {
  readonly order: Order;
  /** True if the server is a standby, or accepts no writes. */
  readonly isReadOnly: boolean;
  /** True if a COMMIT of any process waits for a synchronous standby, and has waited for two seconds. */
  readonly hasStuckCommit: boolean;
  readonly recorded: RecordedOutages;
  /** True if an outage lasts, and no process has made a probe for ten seconds. */
  readonly hasAbandonedOutage: boolean;
}

interface Row extends RecordedRow {
  readonly mode: Order['mode'] | null;
  readonly reason: string | null;
  readonly since_ms: number | null;
  readonly is_read_only: boolean;
  readonly has_stuck_commit: boolean;
  readonly has_abandoned_outage: boolean;
}

/** The row is missing if somebody deleted it. PostgreSQL hides the waits of other roles from roles that are no members of them. */
export async function readService(db: PrismaClient): Promise<ServiceReading> {
  const [row] = await db.$queryRaw<[Row]>(sql`/* readService */
    SELECT s.mode, s.reason, (extract(epoch FROM s.since) * 1000)::float8 AS since_ms,
      pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS is_read_only,
      EXISTS (SELECT FROM pg_stat_get_activity(NULL) AS a
        WHERE a.wait_event = 'SyncRep' AND a.state_change < clock_timestamp() - interval '2 seconds') AS has_stuck_commit,
      ${recordedReading}, ${hasAbandonedOutage} AS has_abandoned_outage
    FROM (SELECT 1) AS one LEFT JOIN service_state s ON s.id = 1`);
  const { mode, reason, since_ms } = row;
  return {
    order: { mode: mode ?? 'AUTO', reason, sinceMs: since_ms ?? 0 },
    isReadOnly: row.is_read_only,
    hasStuckCommit: row.has_stuck_commit,
    recorded: parseRecorded(row),
    hasAbandonedOutage: row.has_abandoned_outage,
  };
}

/**
 * Commits a change of one row, as a probe. The processes queue for the row, so at most one backend of all probes waits for a
 * standby, however long the outage.
 */
export async function probeWrites(tx: Tx): Promise<void> {
  await tx.$executeRaw(sql`/* probeWrites */
    INSERT INTO service_state (id, probed_at) VALUES (1, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET probed_at = excluded.probed_at`);
}

/** The size of the temporary file of `probeDisk`: this many rows of a kilobyte. */
const DISK_PROBE_ROWS = 8_192;

/**
 * Lets the server write a temporary file of 8 MB beside its data, and remove it: rows are sorted with too little memory. Nothing
 * of it goes to the WAL, without whose space the server would end.
 *
 * @throws if there is no space.
 */
export async function probeDisk(db: PrismaClient): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$queryRaw(sql`/* limitMemory */ SELECT set_config('work_mem', '64kB', true)`);
    await tx.$queryRaw(sql`/* probeDisk */ SELECT count(*) FROM (
      SELECT repeat('x', 1000) || i FROM generate_series(1, ${DISK_PROBE_ROWS}::int) AS i ORDER BY 1) AS sorted`);
  });
}

/** Stores the operator's order. */
export async function writeOrder(
  db: PrismaClient,
  { mode, reason }: Pick<Order, 'mode' | 'reason'>,
): Promise<void> {
  await db.$executeRaw(sql`/* writeOrder */
    INSERT INTO service_state (id, mode, reason, since) VALUES (1, ${mode}, ${reason}, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET mode = excluded.mode, reason = excluded.reason,
      since = CASE WHEN service_state.mode = excluded.mode THEN service_state.since ELSE excluded.since END`);
}
