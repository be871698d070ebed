import { sql, type PrismaClient } from '../../platform/database/db.ts';

/** Step by which versions are raised after a restore. No event changes as often between two backups. */
export const VERSION_JUMP = 1_000_000; // guard: versions-jump-after-restore

/**
 * Raises the version of every event by VERSION_JUMP, so that no version that a client saw before a restore is assigned a
 * second time: clients that resume from one get a snapshot. A change record without steps marks the jump. Locks the
 * event's row, as a batch does, so it is safe at any time; run it before the servers start. The column has room for 2,147
 * jumps.
 *
 * @returns the number of events.
 */
export async function raiseVersions(db: PrismaClient): Promise<number> {
  return db.$executeRaw(sql`/* raiseVersions */
    WITH raised AS (
      UPDATE events SET seat_version = seat_version + ${VERSION_JUMP}::int, previous_batch_id = batch_id, batch_id = gen_random_uuid()
      RETURNING id, seat_version, batch_id, previous_batch_id
    )
    INSERT INTO event_changes (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT id, seat_version, batch_id, previous_batch_id, clock_timestamp(), '{}', '{}', '{}', '{}', '{}', '{}' FROM raised`);
}
