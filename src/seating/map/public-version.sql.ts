import { plannedEachTime, sql, type PrismaClient } from '../../platform/database/db.ts';
import type { SeatVersion } from '../../messaging/messages.ts';

/** The version of an event's seats, as anybody may see it. Null for a draft, and where there is no such event. */
export async function readPublicVersion(db: PrismaClient, eventId: number): Promise<SeatVersion | null> {
  const [row] = await db.$queryRaw<
    { version: number; batch_id: string }[]
  >(sql`/* readPublicVersion */ ${plannedEachTime}
    SELECT seat_version AS version, batch_id::text FROM events WHERE id = ${eventId} AND status <> 'DRAFT'`);
  return row === undefined ? null : { version: row.version, batchId: row.batch_id };
}
