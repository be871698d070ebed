import { sql, type PrismaClient, type Tx } from '../../platform/database/db.ts';
import { currentTimeline, refuseOldTimeline } from '../../platform/database/failover/timelines.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { StaleRulesError } from './batch-errors.ts';

/*
 * The epoch of a database says to which history its version numbers belong: the identifier of the PostgreSQL cluster, its
 * timeline, which a promotion raises, and a counter of restores. It is stored in one row. When a server is not in the stored
 * epoch, commits may be lost, and versions that clients saw may be assigned again. So the version of every event jumps.
 *
 * A batch compares the timeline, and commits only after the jump. The identifier is compared by the workers, every second: after
 * a restore into another cluster, start a worker before the API, or run `npm run restored`.
 */

/** Step by which versions jump. No event changes as often while a standby lags, or between two backups. */
export const VERSION_JUMP = 1_000_000; // guard: versions-jump-after-restore
/**
 * Versions above this no longer jump, but are raised by one: after 2,000 jumps, so that the column, an `int4` as in GraphQL,
 * has room for 147 million batches.
 */
const JUMPING_VERSION_MAX = 2_000_000_000; // guard: version-without-room

/** For a database with a hundred thousand events. */
const timeoutsMs = { statement: 60_000, transaction: 65_000 };

/** The stored epoch, and the server's timeline: null on a standby. The row is missing if somebody deleted it. */
export type EpochReading =
  readonly [systemIdentifier: string, timeline: number, server: number | null] | null;

/** Reads the stored epoch and the server's timeline. A batch selects it in its first statement. */
export const epochReading = sql`(SELECT json_build_array(system_identifier, timeline, ${currentTimeline}) FROM database_epoch WHERE id = 1)`;

/** The server is not in the stored epoch. */
export class EpochChangedError extends Error {
  constructor() {
    super('the database has another timeline than the stored epoch');
    this.name = 'EpochChangedError';
  }
}

/**
 * Checks that a batch may commit at this server.
 *
 * @throws {EpochChangedError} if versions have to jump first.
 * @throws if the server is an old primary.
 */
export function checkEpoch(found: EpochReading): void {
  if (found === null) throw new EpochChangedError();
  const [systemIdentifier, stored, timeline] = found;
  if (timeline === null) return; // A standby, which refuses the next statement.
  refuseOldTimeline({ systemIdentifier, timeline }); // guard: batch-refused-by-old-primary
  if (stored !== timeline) throw new EpochChangedError(); // guard: batch-in-stored-epoch
}

/** Runs a batch. If the epoch has changed, raises all versions first; the batch is then retried. */
export async function runInEpoch<T>(db: PrismaClient, logger: Logger, batch: () => Promise<T>): Promise<T> {
  try {
    return await batch();
  } catch (error) {
    if (!(error instanceof EpochChangedError)) throw error;
    await adoptEpoch(db, logger);
    throw new StaleRulesError();
  }
}

/** Raises all versions if the server is not in the stored epoch, and stores its own. Any number of processes can do so at once. */
export async function adoptEpoch(db: PrismaClient, logger: Logger): Promise<void> {
  const events = (await isEpochStored(db)) ? null : await changeEpoch(db, false);
  if (events !== null)
    logger.warn({ events }, 'the database has a new epoch: raised the versions of all events');
}

/** Raises all versions after a restore that PostgreSQL does not show. Returns the number of events. */
export async function noteRestore(db: PrismaClient): Promise<number> {
  return (await changeEpoch(db, true)) ?? 0;
}

/** Compares without a lock. Always true on a standby. */
async function isEpochStored(db: PrismaClient): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(sql`/* isEpochStored */
    SELECT FROM database_epoch, pg_control_system() AS server WHERE id = 1
      AND database_epoch.system_identifier = server.system_identifier::text AND timeline = coalesce(${currentTimeline}, timeline)`);
  return rows.length > 0;
}

/** Returns the number of events, or null if the epoch has not changed. */
async function changeEpoch(db: PrismaClient, isRestored: boolean): Promise<number | null> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw(sql`/* allowLongJump */
        SELECT set_config('statement_timeout', ${String(timeoutsMs.statement)}, true),
               -- A running timer keeps its time unless it is stopped first.
               set_config('transaction_timeout', '0', true),
               set_config('transaction_timeout', ${String(timeoutsMs.transaction)}, true)`);
      return raiseVersions(tx, isRestored);
    },
    { timeout: timeoutsMs.transaction + 1_000 },
  );
}

/**
 * Stores the epoch and raises all versions in one statement. Of two at once, the second waits for the first one's row, and
 * finds the epoch stored. Locks the row of the epoch, then those of all events, as batches do last; a change record without
 * steps marks each jump.
 */
async function raiseVersions(tx: Tx, isRestored: boolean): Promise<number | null> {
  // guard: epoch-adopted-once
  const [row] = await tx.$queryRaw<[{ changed: boolean; events: number }]>(sql`/* raiseVersions */
    WITH server AS MATERIALIZED (
      SELECT system_identifier::text AS system_identifier, ${currentTimeline} AS timeline FROM pg_control_system()
    ), changed AS (
      INSERT INTO database_epoch AS stored (id, system_identifier, timeline)
      SELECT 1, system_identifier, timeline FROM server
      ON CONFLICT (id) DO UPDATE SET system_identifier = excluded.system_identifier, timeline = excluded.timeline,
        restores = stored.restores + ${isRestored ? 1 : 0}::int, changed_at = clock_timestamp()
      WHERE ${isRestored}::boolean
        OR (stored.system_identifier, stored.timeline) <> (excluded.system_identifier, excluded.timeline)
      RETURNING id
    ), raised AS (
      UPDATE events SET previous_batch_id = batch_id, batch_id = gen_random_uuid(),
        seat_version = seat_version + CASE WHEN seat_version <= ${JUMPING_VERSION_MAX}::int THEN ${VERSION_JUMP}::int ELSE 1 END
      WHERE EXISTS (SELECT FROM changed)
      RETURNING id, seat_version, batch_id, previous_batch_id
    ), recorded AS (
      INSERT INTO event_changes (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
      SELECT id, seat_version, batch_id, previous_batch_id, clock_timestamp(), '{}', '{}', '{}', '{}', '{}', '{}' FROM raised
    )
    SELECT EXISTS (SELECT FROM changed) AS changed, (SELECT count(*)::int FROM raised) AS events`);
  return row.changed ? row.events : null;
}
