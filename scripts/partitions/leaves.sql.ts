import type pg from 'pg';
import { formatCondition, getLeaf, type Partition, partitionedTables } from './tables.ts';

/** Constraint that lets PostgreSQL attach a leaf without reading its rows. Dropped once the leaf is attached. */
const BOUND_CHECK = 'partition_bound';

interface ForeignKey {
  readonly name: string;
  readonly definition: string;
  /** The table that is referred to. */
  readonly target: string;
}

/** Returns the table that has the newest events of `table`: the newest leaf, or the table itself. */
export function getNewest(table: string, newest: Partition | null): string {
  return newest === null ? table : getLeaf(table, newest.number);
}

/**
 * Creates the leaves of a new partition, empty and not attached: with the columns, checks, indexes and storage parameters
 * of the newest leaves. Locks nothing against reads or writes.
 */
export async function createLeaves(
  client: pg.Client,
  newest: Partition | null,
  number: number,
): Promise<void> {
  for (const table of partitionedTables) {
    const leaf = getLeaf(table, number);
    const model = getNewest(table, newest);
    const storage = await readStorage(client, model);
    await client.query(`CREATE TABLE ${leaf} (LIKE ${model} INCLUDING ALL)${storage}`);
    // An interrupted call may have left it behind.
    await client.query(`ALTER TABLE ${leaf} DROP CONSTRAINT IF EXISTS ${BOUND_CHECK}`);
  }
}

/** Gives new leaves the foreign keys of the newest ones, each to the leaf of the same partition. */
export async function connectLeaves(
  client: pg.Client,
  newest: Partition | null,
  number: number,
): Promise<void> {
  const leaves = new Map(
    partitionedTables.map((table) => [getNewest(table, newest), getLeaf(table, number)]),
  );
  for (const table of partitionedTables) {
    for (const { name, definition, target } of await readForeignKeys(client, getNewest(table, newest))) {
      const own = leaves.get(target) ?? target; // guard: leaf-refers-to-leaf
      const moved = definition.replace(` REFERENCES ${target}(`, ` REFERENCES ${own}(`);
      await client.query(`ALTER TABLE ${getLeaf(table, number)} ADD CONSTRAINT ${name} ${moved}`);
    }
  }
}

/** Drops leaves that an interrupted call created and did not attach. */
export async function dropUnattached(client: pg.Client, number: number): Promise<void> {
  const leaves = partitionedTables.map((table) => getLeaf(table, number));
  await client.query(`DROP TABLE IF EXISTS ${leaves.join(', ')}`);
}

async function readStorage(client: pg.Client, table: string): Promise<string> {
  const { rows } = await client.query<{ options: string | null }>(
    `/* readStorage */ SELECT array_to_string(reloptions, ', ') AS options FROM pg_class WHERE oid = $1::regclass`,
    [table],
  );
  const options = rows[0]?.options ?? null;
  return options === null ? '' : ` WITH (${options})`;
}

export async function readForeignKeys(client: pg.Client, table: string): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `/* readForeignKeys */
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition, confrelid::regclass::text AS target
    FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'f' ORDER BY conname`,
    [table],
  );
  return rows;
}

/** Makes the newest leaves refuse rows outside a range, and leaves their present rows for `validateBounds`. */
export async function addBounds(
  client: pg.Client,
  newest: Partition | null,
  range: Pick<Partition, 'from' | 'to'>,
): Promise<void> {
  for (const table of partitionedTables) {
    const leaf = getNewest(table, newest);
    await client.query(`ALTER TABLE ${leaf} DROP CONSTRAINT IF EXISTS ${BOUND_CHECK}`);
    await client.query(
      `ALTER TABLE ${leaf} ADD CONSTRAINT ${BOUND_CHECK} CHECK (${formatCondition(range)}) NOT VALID`,
    );
  }
}

/** Reads all rows of the newest leaves to validate their bounds. Blocks neither reads nor writes. */
export async function validateBounds(client: pg.Client, newest: Partition | null): Promise<void> {
  for (const table of partitionedTables)
    await client.query(`ALTER TABLE ${getNewest(table, newest)} VALIDATE CONSTRAINT ${BOUND_CHECK}`);
}

export async function dropBound(client: pg.Client, table: string): Promise<void> {
  await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${BOUND_CHECK}`);
}
