import { sql, type PrismaClient, type Tx } from '../../../platform/database/db.ts';

export interface QuietEvent {
  readonly eventId: number;
  readonly version: number;
  /** Age of its last change; null if that is no longer on record. */
  readonly changedMsAgo: number | null;
}

const PAGE_MAX = 5_000;

/**
 * Yields the events that have changes, but none in the last `quietMs`, page by page. `among` limits them to some events;
 * null stands for all.
 */
export async function* readQuietEvents(
  db: PrismaClient | Tx,
  quietMs: number,
  among: readonly number[] | null,
): AsyncGenerator<readonly QuietEvent[], void> {
  let after = 0;
  for (;;) {
    const page = await db.$queryRaw<
      { id: number; seat_version: number; ms_ago: number | null }[]
    >(sql`/* audit: quietEvents */
      SELECT e.id, e.seat_version, (extract(epoch FROM clock_timestamp() - c.committed_at) * 1000)::float8 AS ms_ago
      FROM events e LEFT JOIN event_changes c ON c.event_id = e.id AND c.version = e.seat_version
      WHERE e.seat_version > 0 AND e.id > ${after} AND (${among === null} OR e.id = ANY(${among ?? []}::int[]))
      ORDER BY e.id LIMIT ${PAGE_MAX}`);
    const quiet = page.filter(({ ms_ago: ms }) => ms === null || ms > quietMs);
    yield quiet.map((row) => ({ eventId: row.id, version: row.seat_version, changedMsAgo: row.ms_ago }));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_MAX) return;
    after = last.id;
  }
}
