import { sql, type PrismaClient } from '../../../platform/database/db.ts';

export interface RecordedVersion {
  readonly eventId: number;
  readonly version: number;
  readonly batchId: string;
  readonly committedMsAgo: number;
}

/** Reads the change records of these versions, as far as they exist. */
export async function readRecordedVersions(
  db: PrismaClient,
  wanted: readonly { readonly eventId: number; readonly version: number }[],
): Promise<readonly RecordedVersion[]> {
  const rows = await db.$queryRaw<
    { event_id: number; version: number; batch_id: string; ms_ago: number }[]
  >(sql`/* audit: recordedVersions */
    SELECT w.event_id, w.version, c.batch_id::text,
      (extract(epoch FROM clock_timestamp() - c.committed_at) * 1000)::float8 AS ms_ago
    FROM unnest(${wanted.map(({ eventId }) => eventId)}::int[], ${wanted.map(({ version }) => version)}::int[])
      AS w(event_id, version)
    CROSS JOIN LATERAL (
      SELECT batch_id, committed_at FROM event_changes
      WHERE event_id = w.event_id AND version = w.version OFFSET 0) AS c`);
  return rows.map((row) => ({
    eventId: row.event_id,
    version: row.version,
    batchId: row.batch_id,
    committedMsAgo: row.ms_ago,
  }));
}
