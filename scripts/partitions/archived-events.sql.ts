import type pg from 'pg';
import type { Partition } from './tables.ts';

/** Time for which events are kept after they have begun. Their sale and the longest hold are over by then. */
const KEPT_HOURS = 24;

export interface KeptEvent {
  readonly id: number;
  readonly startsAt: Date;
}

const IN_RANGE = 'BETWEEN coalesce($1::int, 0) AND $2::int - 1';

/** Returns an event of the partition that must not be archived yet; null if all may. A sale ends when its event begins, or before. */
export async function findKeptEvent(client: pg.Client, { from, to }: Partition): Promise<KeptEvent | null> {
  const { rows } = await client.query<KeptEvent>(
    `/* findKeptEvent */
    SELECT id, starts_at AS "startsAt" FROM events
    WHERE id ${IN_RANGE} AND starts_at > now() - make_interval(hours => ${KEPT_HOURS}) ORDER BY starts_at DESC LIMIT 1`,
    [from, to],
  );
  return rows[0] ?? null;
}

/** Locks the events of a partition, so that none of them changes. */
export async function lockEvents(client: pg.Client, { from, to }: Partition): Promise<void> {
  await client.query(`/* lockEvents */ SELECT FROM events WHERE id ${IN_RANGE} ORDER BY id FOR UPDATE`, [
    from,
    to,
  ]);
}

export async function hasHolds(client: pg.Client, { from, to }: Partition): Promise<boolean> {
  const { rows } = await client.query(
    `/* hasHolds */ SELECT FROM bookings WHERE status = 'HOLD' AND event_id ${IN_RANGE} LIMIT 1`,
    [from, to],
  );
  return rows.length > 0;
}

export interface EventTable {
  readonly table: string;
  /** The column that has the ID of the event. */
  readonly column: string;
}

/** Returns `events`, and the tables whose rows are deleted with those of `events`, except leaves. */
export async function readEventTables(client: pg.Client): Promise<EventTable[]> {
  const { rows } = await client.query<EventTable>(`/* readEventTables */
    SELECT c.relname AS table, a.attname AS column
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = 'events'::regclass AND NOT c.relispartition AND c.relkind = 'r'
    ORDER BY c.relname`);
  return [{ table: 'events', column: 'id' }, ...rows];
}

export async function copyRows(
  client: pg.Client,
  { from, to }: Partition,
  { table, column, schema }: EventTable & { readonly schema: string },
): Promise<void> {
  await client.query(
    `/* copyRows */ INSERT INTO ${schema}.${table} SELECT * FROM ${table} WHERE ${column} ${IN_RANGE}`,
    [from, to],
  );
}

/** Deletes the events of a partition, and what refers to them in tables that are not partitioned. Returns their number. */
export async function deleteEvents(client: pg.Client, { from, to }: Partition): Promise<number> {
  const { rowCount } = await client.query(`/* deleteEvents */ DELETE FROM events WHERE id ${IN_RANGE}`, [
    from,
    to,
  ]);
  return rowCount ?? 0;
}
