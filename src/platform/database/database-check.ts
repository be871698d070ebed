import { readdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { readAppliedMigrations, readServer, readServerMode, readVersionNum } from './database-state.sql.ts';
import { getSqlState } from './db-errors.ts';
import type { PrismaClient } from './db.ts';
import { StartupError } from '../errors.ts';
import { assertWritable, checkSessions } from './session-check.ts';
import {
  findDifference,
  getSessionSettings,
  type PoolUrls,
  type SessionSettings,
} from './session-settings.ts';
import { toStartupError, withStartupClient } from './startup-client.ts';

/*
 * Checks whether this version of Sellout can work with a database: the server is new enough and accepts writes, every
 * migration of this version is applied, and sessions have their settings. Unknown migrations are allowed unless they
 * contract, because an upgrade migrates the database while nodes of the previous version still run.
 */

/** The first PostgreSQL with `transaction_timeout`, which ends a transaction whose node hangs. */
const SERVER_MAJOR_MIN = 17;

const UNDEFINED_TABLE = '42P01';
/** SQLSTATE for an unknown setting. Every connection sets `transaction_timeout`. */
const UNDEFINED_OBJECT = '42704';

export interface Requirements {
  readonly serverMajorMin: number;
  /** Names of the migrations that must be applied. */
  readonly migrations: readonly string[];
  /** Settings that the sessions of every pool must have. */
  readonly settings: SessionSettings;
}

/** Marks a migration that servers of older releases cannot work with, at the end of its name. */
const CONTRACTS = /_contract$/;

/** State of a database. `unreachable` may resolve by itself; all others except `ok` need an operator. */
export type DatabaseState = 'ok' | 'read-only' | 'unreachable' | 'unsupported' | 'outdated' | 'misconfigured';

/** Returns the requirements of this version of Sellout. */
export function getRequirements(): Requirements {
  const folder = path.resolve(import.meta.dirname, '../../../prisma/migrations');
  const migrations = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return { serverMajorMin: SERVER_MAJOR_MIN, migrations, settings: getSessionSettings('reads') };
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
 * Checks a database at startup, and the sessions of each pool. An unreachable database passes: the node starts without it,
 * and /ready keeps checking.
 *
 * @throws {StartupError} if an operator must act: the server is too old or accepts no writes, migrations are missing or too
 *   new, or sessions lack their settings.
 */
export async function checkDatabase(
  url: string,
  poolUrls: PoolUrls | null = null,
  required: Requirements = getRequirements(),
): Promise<void> {
  const address = { variable: 'DATABASE_URL', url };
  try {
    const server = await withStartupClient(address, async (client) => {
      await assertVersion(client, required.serverMajorMin); // guard: start-server-version
      const mode = await readServerMode(client);
      assertWritable(address, mode); // guard: start-on-primary
      const applied = await readAppliedMigrations(client);
      assertMigrated(applied, required.migrations); // guard: start-migrations
      assertKnown(applied, required.migrations); // guard: start-newer-schema
      return mode;
    });
    await checkSessions(poolUrls ?? url, server); // guard: start-session-settings
  } catch (error) {
    if (error instanceof StartupError) throw error;
  }
}

/**
 * Checks that a PostgreSQL of the required version responds, whatever the database contains.
 *
 * @throws {StartupError} if it does not.
 */
export async function checkServer(url: string, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  const address = { variable: 'DATABASE_URL', url };
  try {
    await withStartupClient(address, (client) => assertVersion(client, majorMin)); // guard: npm-start-server-version
  } catch (error) {
    throw toStartupError(error, address);
  }
}

/** Checks the version of the server behind an open connection. @throws {StartupError} */
export async function assertVersion(client: pg.Client, majorMin = SERVER_MAJOR_MIN): Promise<void> {
  assertServerVersion(await readVersionNum(client), majorMin);
}

/** Returns the state of the database behind a pool. @throws any unexpected error, also if no server responds. */
export async function readDatabaseState(db: PrismaClient, required: Requirements): Promise<DatabaseState> {
  try {
    const { versionNum, readOnly, applied, settings } = await readServer(db, Object.keys(required.settings));
    if (getMajorVersion(versionNum) < required.serverMajorMin) return 'unsupported';
    if (findMissing(applied, required.migrations).length > 0) return 'outdated'; // guard: readiness-migrations
    if (findDifference(settings, required.settings) !== null) return 'misconfigured'; // guard: readiness-session-settings
    return readOnly ? 'read-only' : 'ok';
  } catch (error) {
    const state = getSqlState(error);
    if (state === UNDEFINED_OBJECT) return 'unsupported'; // guard: readiness-settings
    if (state === UNDEFINED_TABLE) return 'outdated';
    throw error;
  }
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

/** @throws {StartupError} if a newer release applied a migration that this one cannot work with. */
function assertKnown(applied: readonly string[], known: readonly string[]): void {
  const newer = findMissing(known, applied).find((name) => CONTRACTS.test(name));
  if (newer === undefined) return;
  throw new StartupError(
    `DATABASE_URL: the database has the migration ${newer} of a newer release, which this release cannot work with. Start that release.`,
  );
}
