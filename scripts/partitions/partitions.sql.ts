import type pg from 'pg';
import { getLeaf, type Partition, partitionedTables } from './tables.ts';

/** Reads the partitions, oldest events first. Empty if the tables are not partitioned. */
export async function readPartitions(client: pg.Client): Promise<Partition[]> {
  const { rows } = await client.query<{ number: number; bound: string }>(`/* readPartitions */
    SELECT substring(c.relname FROM '_p([0-9]+)$')::int AS number, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'bookings'::regclass ORDER BY 1`);
  return rows.map(({ number, bound }) => ({ number, ...parseBound(bound) }));
}

function parseBound(bound: string): Pick<Partition, 'from' | 'to'> {
  const match = /^FOR VALUES FROM \((?:MINVALUE|'?(\d+)'?)\) TO \((?:MAXVALUE|'?(\d+)'?)\)$/.exec(bound);
  if (match === null) throw new Error(`bookings has a partition of another kind: ${bound}.`);
  const [, from, to] = match;
  return { from: from === undefined ? null : Number(from), to: to === undefined ? null : Number(to) };
}

export interface PartitionSize extends Partition {
  readonly events: number;
  readonly firstStart: Date | null;
  readonly lastStart: Date | null;
  readonly bytes: number;
}

/** Reads the number of events in each partition, when they start, and the size of its tables with their indexes. */
export async function readSizes(
  client: pg.Client,
  partitions: readonly Partition[],
): Promise<PartitionSize[]> {
  const sizes: PartitionSize[] = [];
  for (const partition of partitions) {
    const { rows } = await client.query<Omit<PartitionSize, keyof Partition>>(
      `/* readPartitionSize */
      SELECT count(*)::int AS events, min(starts_at) AS "firstStart", max(starts_at) AS "lastStart",
        (SELECT sum(pg_total_relation_size(leaf::regclass)) FROM unnest($3::text[]) AS leaf)::float8 AS bytes
      FROM events WHERE id >= coalesce($1::int, 0) AND id < coalesce($2::int, 2147483647)`,
      [partition.from, partition.to, partitionedTables.map((table) => getLeaf(table, partition.number))],
    );
    if (rows[0] !== undefined) sizes.push({ ...partition, ...rows[0] });
  }
  return sizes;
}

/** Returns the last event ID that was given out. */
export async function readLastEventId(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ last: number }>(`/* readLastEventId */
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END::int AS last FROM events_id_seq`);
  return rows[0]?.last ?? 0;
}

/** Skips IDs, so that the next event gets at least `next`. Never goes back, also if others take IDs meanwhile. */
export async function skipEventIds(client: pg.Client, next: number): Promise<void> {
  const count = next - 1 - (await readLastEventId(client));
  if (count > 0)
    await client.query(
      `/* skipEventIds */ SELECT max(nextval('events_id_seq')) FROM generate_series(1, $1::int)`,
      [count],
    );
}

/** Makes statistics of the parents, which autovacuum makes only of leaves. */
export async function analyzeParents(client: pg.Client): Promise<void> {
  await client.query(`ANALYZE ${partitionedTables.join(', ')}`);
}
