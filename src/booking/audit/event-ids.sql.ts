import { sql, type PrismaClient } from '../../platform/database/db.ts';

/** Yields the IDs of all events, page by page. */
export async function* readEventIds(
  db: PrismaClient,
  pageMax: number,
): AsyncGenerator<readonly number[], void> {
  let after = 0;
  for (;;) {
    const rows = await db.$queryRaw<{ id: number }[]>(sql`/* audit: eventIds */
      SELECT id FROM events WHERE id > ${after} ORDER BY id LIMIT ${pageMax}`);
    if (rows.length > 0) yield rows.map(({ id }) => id);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageMax) return;
    after = last.id;
  }
}
