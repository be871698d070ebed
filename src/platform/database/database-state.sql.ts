import type pg from 'pg';
import { sql, type PrismaClient } from './db.ts';

export interface ServerRow {
  readonly versionNum: number;
  readonly readOnly: boolean;
  /** Names of the migrations that are applied. */
  readonly applied: readonly string[];
}

/** Reads the state of a migrated database. @throws with SQLSTATE 42P01 if it was never migrated. */
export async function readServer(db: PrismaClient): Promise<ServerRow> {
  const [row] = await db.$queryRaw<[ServerRow]>(
    sql`/* readServer */
      SELECT current_setting('server_version_num')::int AS "versionNum",
        current_setting('transaction_read_only')::bool AS "readOnly",
        ARRAY(SELECT migration_name::text FROM _prisma_migrations
          WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL) AS applied`,
  );
  return row;
}

/** Reads the server's version number, such as 180004. Works with every version of PostgreSQL. */
export async function readVersionNum(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ server_version_num: string }>(
    '/* readVersionNum */ SHOW server_version_num',
  );
  return Number(rows[0]?.server_version_num);
}

/** Reads the names of the applied migrations: none if the database was never migrated. */
export async function readAppliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `/* findMigrations */ SELECT to_regclass('_prisma_migrations')::text AS name`,
  );
  if (tables[0]?.name == null) return [];
  const { rows } = await client.query<{ name: string }>(
    `/* readAppliedMigrations */ SELECT migration_name AS name FROM _prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return rows.map(({ name }) => name);
}
