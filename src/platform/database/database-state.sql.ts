import type pg from 'pg';
import { sql, type PrismaClient } from './db.ts';
import type { SessionSettings } from './session-settings.ts';

export interface ServerRow {
  readonly versionNum: number;
  readonly readOnly: boolean;
  /** Names of the migrations that are applied. */
  readonly applied: readonly string[];
  /** Those of the session that were asked for. */
  readonly settings: SessionSettings;
}

export interface ServerMode {
  /** True if the server is a standby. */
  readonly inRecovery: boolean;
  /** True if new transactions accept no writes. */
  readonly readOnly: boolean;
  /** Identifies the database among all of all clusters; a standby has the same. */
  readonly database: string;
}

/** Reads the state of a migrated database. @throws with SQLSTATE 42P01 if it was never migrated. */
export async function readServer(db: PrismaClient, settings: readonly string[]): Promise<ServerRow> {
  const [row] = await db.$queryRaw<[ServerRow]>(
    sql`/* readServer */
      SELECT current_setting('server_version_num')::int AS "versionNum",
        current_setting('transaction_read_only')::bool AS "readOnly",
        ARRAY(SELECT migration_name::text FROM _prisma_migrations
          WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL) AS applied,
        (SELECT jsonb_object_agg(name, setting) FROM pg_settings WHERE name = ANY(${settings}::text[])) AS settings`,
  );
  return row;
}

/** Reads whether the server accepts writes, and which database this is. Works with every version of PostgreSQL. */
export async function readServerMode(client: pg.Client): Promise<ServerMode> {
  const { rows } = await client.query<ServerMode>(
    `/* readServerMode */ SELECT pg_is_in_recovery() AS "inRecovery",
        current_setting('transaction_read_only')::bool AS "readOnly",
        (SELECT system_identifier FROM pg_control_system()) || ' ' ||
          (SELECT oid FROM pg_database WHERE datname = current_database()) AS database`,
  );
  const [mode] = rows;
  if (mode === undefined) throw new Error('readServerMode returned no row');
  return mode;
}

/** Reads settings of a session, in the units of `pg_settings`. */
export async function readSettings(client: pg.Client, names: readonly string[]): Promise<SessionSettings> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    '/* readSettings */ SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [names],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/**
 * Prepares a statement under a name that other clients use for other statements.
 *
 * @throws with SQLSTATE 42P05 if a pooler does not keep their statements apart.
 */
export async function prepareProbe(client: pg.Client, variant: 1 | 2): Promise<void> {
  await client.query({ name: 'sellout_probe', text: `/* prepareProbe */ SELECT ${variant}` });
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
