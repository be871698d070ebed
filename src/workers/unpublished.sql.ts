import { sql, type PrismaClient } from '../platform/database/db.ts';

export interface EventVersion {
  readonly eventId: number;
  readonly version: number;
}

interface Row {
  readonly event_id: number;
  readonly version: number;
}

/**
 * Returns the last version of each event that changed within `withinMs`, not counting changes younger than `graceMs`,
 * which the process that made them still publishes.
 */
export async function readRecentVersions(
  db: PrismaClient,
  withinMs: number,
  graceMs: number,
): Promise<readonly EventVersion[]> {
  // guard: recent-grouped-separately
  // guard: recent-by-time-index
  const rows = await db.$queryRaw<Row[]>(sql`/* readRecentVersions */
    -- Grouped in a separate step: in one, the planner may read the whole record in the order of the events.
    -- clock_timestamp() is volatile and cannot be an index condition.
    WITH recent AS MATERIALIZED (
      SELECT event_id, version FROM event_changes
      WHERE committed_at > statement_timestamp() - make_interval(secs => ${withinMs}::float8 / 1000)
        AND committed_at < statement_timestamp() - make_interval(secs => ${graceMs}::float8 / 1000))
    SELECT event_id, max(version) AS version FROM recent GROUP BY event_id`);
  return rows.map(parseRow);
}

/** Returns the versions of the events with an ID above `after`, in order of their IDs. */
export async function readVersionsAfter(
  db: PrismaClient,
  after: number,
  limit: number,
): Promise<readonly EventVersion[]> {
  const rows = await db.$queryRaw<Row[]>(sql`/* readVersionsAfter */
    SELECT id AS event_id, seat_version AS version FROM events WHERE id > ${after} ORDER BY id LIMIT ${limit}`);
  return rows.map(parseRow);
}

function parseRow(row: Row): EventVersion {
  return { eventId: row.event_id, version: row.version };
}
