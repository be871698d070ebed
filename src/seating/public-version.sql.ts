import { sql, type PrismaClient } from '../platform/db.ts';

/** The version of an event's seats, as anybody may see it. Null for a draft, and where there is no such event. */
export async function readPublicVersion(db: PrismaClient, eventId: number): Promise<number | null> {
  const [row] = await db.$queryRaw<{ version: number }[]>(sql`/* readPublicVersion */
    SELECT seat_version AS version FROM events WHERE id = ${eventId} AND status <> 'DRAFT'`);
  return row?.version ?? null;
}
