import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { readAppliedMigrations, readServer, readVersionNum } from './database-state.sql.ts';
import { classifyDbError, getSqlState } from './db-errors.ts';
import type { PrismaClient } from './db.ts';
import { describeError, StartupError } from '../startup-error.ts';

/*
 * Whether a database is one that this version of Sellout can work with: the server is new enough, and every migration of
 * this version is applied. Migrations that this version does not know are no obstacle: during an upgrade the database is
 * migrated first, while nodes of the version before still run.
 */

/** `transaction_timeout`, which ends a transaction whose node hangs, came with PostgreSQL 17. */
export const SERVER_MAJOR_MIN = 17;

const CONNECT_TIMEOUT_MS = 5_000;
const UNDEFINED_TABLE = '42P01';
/** What a server says to a setting that it does not know. Every connection asks for `transaction_timeout`. */
const UNDEFINED_OBJECT = '42704';

export interface Requirements {
  readonly serverMajorMin: number;
  /** Names of the migrations that must be applied. */
  readonly migrations: readonly string[];
}

/** What is wrong with a database. `unreachable` may pass by itself; the others need an operator. */
export type DatabaseState = 'ok' | 'read-only' | 'unreachable' | 'unsupported' | 'outdated';

/** The requirements of this version of Sellout. */
export function ownRequirements(): Requirements {
  const folder = path.resolve(import.meta.dirname, '../../../prisma/migrations');
  const migrations = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return { serverMajorMin: SERVER_MAJOR_MIN, migrations };
}

/** Returns the major version of a `server_version_num`, e.g. 18 of 180004. */
export function serverMajor(versionNum: number): number {
  return Math.floor(versionNum / 10_000);
}

/** @throws {StartupError} if the server is older than `majorMin`. */
export function assertServerVersion(versionNum: number, majorMin = SERVER_MAJOR_MIN): void {
  if (serverMajor(versionNum) >= majorMin) return;
  const version = `${serverMajor(versionNum)}.${versionNum % 10_000}`;
  throw new StartupError(
    `DATABASE_URL: the server runs PostgreSQL ${version}, but Sellout requires PostgreSQL ${majorMin} or newer.`,
  );
}

/**
 * Checks a database before anything is started on it. A database that can't be reached passes: a node starts without
 * it, and /ready goes on checking.
 *
 * @throws {StartupError} if the server is too old or migrations are missing.
 */
export async function checkDatabase(url: string, required: Requirements = ownRequirements()): Promise<void> {
  const client = plainClient(url);
  try {
    await client.connect();
    await assertVersion(client, required.serverMajorMin); // guard: start-server-version
    assertMigrated(await readAppliedMigrations(client), required.migrations); // guard: start-migrations
  } catch (error) {
    // What a server refuses for good (a wrong password, no such database) is no outage.
    const refused = getSqlState(error) !== undefined && classifyDbError(error) === 'lasting';
    if (error instanceof StartupError || refused) throw explain(error, url);
  } finally {
    await client.end();
  }
}

/**
 * Checks that a PostgreSQL of the right version answers, whatever is in the database.
 *
 * @throws {StartupError} if it does not.
 */
export async function checkServer(url: string, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  const client = plainClient(url);
  try {
    await client.connect();
    await assertVersion(client, majorMin); // guard: npm-start-server-version
  } catch (error) {
    throw explain(error, url);
  } finally {
    await client.end();
  }
}

/** Checks the version over a connection that is open already. @throws {StartupError} */
export async function assertVersion(client: pg.Client, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  assertServerVersion(await readVersionNum(client), majorMin);
}

/** Returns the state of the database behind a pool. @throws if no server answers, or with anything unforeseen. */
export async function readDatabaseState(db: PrismaClient, required: Requirements): Promise<DatabaseState> {
  try {
    const { versionNum, readOnly, applied } = await readServer(db);
    if (serverMajor(versionNum) < required.serverMajorMin) return 'unsupported';
    if (missing(applied, required.migrations).length > 0) return 'outdated'; // guard: readiness-migrations
    return readOnly ? 'read-only' : 'ok';
  } catch (error) {
    const state = getSqlState(error);
    if (state === UNDEFINED_OBJECT) return 'unsupported'; // guard: readiness-settings
    if (state === UNDEFINED_TABLE) return 'outdated';
    throw error;
  }
}

/** Without the session settings of the pools, which older servers refuse before they say their version. */
function plainClient(url: string): pg.Client {
  return new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
}

function assertMigrated(applied: readonly string[], required: readonly string[]): void {
  const [first, ...others] = missing(applied, required);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new StartupError(
    `DATABASE_URL: the database is missing the migration ${first}${more}. Run npm run db:migrate first.`,
  );
}

function missing(applied: readonly string[], required: readonly string[]): string[] {
  const known = new Set(applied);
  return required.filter((name) => !known.has(name));
}

/** Names the server, never its password. */
function explain(error: unknown, url: string): StartupError {
  if (error instanceof StartupError) return error;
  return new StartupError(
    `DATABASE_URL: cannot connect to PostgreSQL at ${new URL(url).host}: ${describeError(error)}.`,
    {
      cause: error,
    },
  );
}
