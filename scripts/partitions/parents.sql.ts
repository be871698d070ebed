import type pg from 'pg';
import { dropBound } from './leaves.sql.ts';
import { formatBound, getLeaf, type Partition, partitionedTables } from './tables.ts';

/** Length from which PostgreSQL cuts names. */
const NAME_MAX = 63;

interface Index {
  readonly name: string;
  readonly definition: string;
  /** Definition of the constraint that the index belongs to; null for a plain index. */
  readonly constraint: string | null;
}

/**
 * Makes today's tables the first partition, and a new one its neighbor. No row is read or moved: each table is renamed, and
 * a parent with its name, columns, checks and indexes takes it as a leaf. The caller has locked the tables.
 */
export async function splitTables(client: pg.Client, [first, second]: readonly [Partition, Partition]) {
  for (const table of partitionedTables) {
    const leaf = getLeaf(table, first.number);
    const indexes = await readIndexes(client, table);
    const grants = await readGrants(client, table);
    await client.query(`ALTER TABLE ${table} RENAME TO ${leaf}`);
    for (const { name } of indexes)
      await client.query(`ALTER INDEX ${name} RENAME TO ${renameIndex(name, table, leaf)}`);
    await client.query(
      `CREATE TABLE ${table} (LIKE ${leaf} INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS)
       PARTITION BY RANGE (event_id)`,
    );
    await dropBound(client, table);
    for (const { name, definition, constraint } of indexes)
      await client.query(
        constraint === null ? definition : `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${constraint}`,
      );
    for (const grant of grants) await client.query(grant); // guard: rights-kept
    await attach(client, table, first);
    await attach(client, table, second);
    await dropBound(client, leaf);
  }
}

/** Gives the newest partition an end, and attaches one after it. The caller has locked the tables. */
export async function splitNewest(client: pg.Client, [newest, next]: readonly [Partition, Partition]) {
  for (const table of partitionedTables) {
    await client.query(`ALTER TABLE ${table} DETACH PARTITION ${getLeaf(table, newest.number)}`);
    await attach(client, table, newest);
    await attach(client, table, next);
    await dropBound(client, getLeaf(table, newest.number));
  }
}

async function attach(client: pg.Client, table: string, partition: Partition): Promise<void> {
  await client.query(
    `ALTER TABLE ${table} ATTACH PARTITION ${getLeaf(table, partition.number)} ${formatBound(partition)}`,
  );
}

/** Returns a name for the index of a leaf, so that the index of the parent can have the old one. */
function renameIndex(name: string, table: string, leaf: string): string {
  const renamed = name.startsWith(`${table}_`) ? `${leaf}${name.slice(table.length)}` : `${leaf}_${name}`;
  if (renamed.length > NAME_MAX) throw new Error(`The name of the index ${name} is too long for a leaf.`);
  return renamed;
}

async function readIndexes(client: pg.Client, table: string): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `/* readIndexes */
    SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition, pg_get_constraintdef(k.oid) AS constraint
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u')
    WHERE x.indrelid = $1::regclass ORDER BY i.relname`,
    [table],
  );
  return rows;
}

/** Returns the statements that give the rights on a table to the same roles again. */
async function readGrants(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ grant: string }>(
    `/* readGrants */
    SELECT format('GRANT %s ON %I TO %s%s', a.privilege_type, c.relname,
      CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS grant
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
    WHERE c.oid = $1::regclass AND a.grantee <> c.relowner`,
    [table],
  );
  return rows.map(({ grant }) => grant);
}
