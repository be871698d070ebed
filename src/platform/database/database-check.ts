import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { readAppliedMigrations, readServer, readVersionNum } from './database-state.sql.ts';
import { classifyDbError, getSqlState } from './db-errors.ts';
import type { PrismaClient } from './db.ts';
import { describeError, StartupError } from '../errors.ts';

/*
 * Checks whether this version of Sellout can work with a database: the server is new enough, and every migration of
 * this version is applied. Unknown migrations are allowed, because an upgrade migrates the database while nodes of the
 * previous version still run.
 */

/** The first PostgreSQL with `transaction_timeout`, which ends a transaction whose node hangs. */
const SERVER_MAJOR_MIN = 17;

const CONNECT_TIMEOUT_MS = 5_000;
const UNDEFINED_TABLE = '42P01';
/** SQLSTATE for an unknown setting. Every connection sets `transaction_timeout`. */
const UNDEFINED_OBJECT = '42704';

export interface Requirements {
  readonly serverMajorMin: number;
  /** Names of the migrations that must be applied. */
  readonly migrations: readonly string[];
}

/** State of a database. `unreachable` may resolve by itself; all others except `ok` need an operator. */
export type DatabaseState = 'ok' | 'read-only' | 'unreachable' | 'unsupported' | 'outdated';

/** Returns the requirements of this version of Sellout. */
export function getRequirements(): Requirements {
  const folder = path.resolve(import.meta.dirname, '../../../prisma/migrations');
  const migrations = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return { serverMajorMin: SERVER_MAJOR_MIN, migrations };
}

/** Returns the major version of a `server_version_num`, e.g. 18 of 180004. */
function getMajorVersion(versionNum: number): number {
  return Math.floor(versionNum / 10_000);
}

/** Checks the version of a server. @throws {StartupError} if it is older than `majorMin`. */
export function assertServerVersion(versionNum: number, majorMin = SERVER_MAJOR_MIN): void {
  if (getMajorVersion(versionNum) >= majorMin) return;
  const version = `${getMajorVersion(versionNum)}.${versionNum % 10_000}`;
  throw new StartupError(
    `DATABASE_URL: the server runs PostgreSQL ${version}, but Sellout requires PostgreSQL ${majorMin} or newer.`,
  );
}

/**
 * Checks a database at startup. An unreachable database passes: the node starts without it, and /ready keeps checking.
 *
 * @throws {StartupError} if the server is too old or migrations are missing.
 */
export async function checkDatabase(url: string, required: Requirements = getRequirements()): Promise<void> {
  const client = createPlainClient(url);
  try {
    await client.connect();
    await assertVersion(client, required.serverMajorMin); // guard: start-server-version
    assertMigrated(await readAppliedMigrations(client), required.migrations); // guard: start-migrations
  } catch (error) {
    // A permanent refusal, such as a wrong password or a missing database, is not an outage.
    const refused = getSqlState(error) !== undefined && classifyDbError(error) === 'permanent';
    if (error instanceof StartupError || refused) throw toStartupError(error, url);
  } finally {
    await client.end();
  }
}

/**
 * Checks that a PostgreSQL of the required version responds, whatever the database contains.
 *
 * @throws {StartupError} if it does not.
 */
export async function checkServer(url: string, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  const client = createPlainClient(url);
  try {
    await client.connect();
    await assertVersion(client, majorMin); // guard: npm-start-server-version
  } catch (error) {
    throw toStartupError(error, url);
  } finally {
    await client.end();
  }
}

/** Checks the version of the server behind an open connection. @throws {StartupError} */
export async function assertVersion(client: pg.Client, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  assertServerVersion(await readVersionNum(client), majorMin);
}

/** Returns the state of the database behind a pool. @throws any unexpected error, also if no server responds. */
export async function readDatabaseState(db: PrismaClient, required: Requirements): Promise<DatabaseState> {
  try {
    const { versionNum, readOnly, applied } = await readServer(db);
    if (getMajorVersion(versionNum) < required.serverMajorMin) return 'unsupported';
    if (findMissing(applied, required.migrations).length > 0) return 'outdated'; // guard: readiness-migrations
    return readOnly ? 'read-only' : 'ok';
  } catch (error) {
    const state = getSqlState(error);
    if (state === UNDEFINED_OBJECT) return 'unsupported'; // guard: readiness-settings
    if (state === UNDEFINED_TABLE) return 'outdated';
    throw error;
  }
}

/** Creates a client without the session settings of the pools, which older servers reject. */
function createPlainClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // The query fails with the same error. Without a listener, a broken connection ends the process.
  client.on('error', () => undefined); // guard: broken-check-survived
  return client;
}

function assertMigrated(applied: readonly string[], required: readonly string[]): void {
  const [first, ...others] = findMissing(applied, required);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new StartupError(
    `DATABASE_URL: the database is missing the migration ${first}${more}. Run npm run db:migrate first.`,
  );
}

function findMissing(applied: readonly string[], required: readonly string[]): string[] {
  const known = new Set(applied);
  return required.filter((name) => !known.has(name));
}

/** Describes an error by the server's host, without the password in the URL. */
function toStartupError(error: unknown, url: string): StartupError {
  if (error instanceof StartupError) return error;
  return new StartupError(
    `DATABASE_URL: cannot connect to PostgreSQL at ${new URL(url).host}: ${describeError(error)}.`,
    {
      cause: error,
    },
  );
}
