import type pg from 'pg';
import { describeError, StartupError } from '../errors.ts';
import { readServerMode, readSettings, prepareProbe, type ServerMode } from './database-state.sql.ts';
import { getSqlState } from './db-errors.ts';
import {
  findDifference,
  getConnection,
  getSessionSettings,
  poolNames,
  poolVariables,
  type DatabaseAddress,
  type Difference,
  type PoolName,
} from './session-settings.ts';
import { withStartupClient, type StartupAddress } from './startup-client.ts';

/*
 * Reads back the settings of each pool's sessions. A connection pooler may drop them without an error, and without
 * `transaction_timeout` and the others, nothing ends a transaction whose node hangs.
 */

const PROTOCOL_VIOLATION = '08P01';
const DUPLICATE_STATEMENT = '42P05';
const UNKNOWN_STATEMENT = '26000';

const POOLERS = 'see "Connection poolers" in docs/deployment.md';

/**
 * Checks a session of each pool.
 *
 * @throws {StartupError} if its settings are missing, its server accepts no writes or is not `server`, or its pooler cannot
 *   prepare statements.
 */
export async function checkSessions(address: DatabaseAddress, server: ServerMode): Promise<void> {
  for (const pool of poolNames) await checkSession(address, pool, server);
}

/** @throws {StartupError} if the server is a standby or read-only. */
export function assertWritable(
  { variable, url }: StartupAddress,
  { inRecovery, readOnly }: ServerMode,
): void {
  const { host } = new URL(url);
  if (inRecovery)
    throw new StartupError(`${variable}: the server at ${host} is a standby. Name the primary.`);
  if (readOnly)
    throw new StartupError(
      `${variable}: the database at ${host} is read-only (default_transaction_read_only is on).`,
    );
}

async function checkSession(address: DatabaseAddress, pool: PoolName, server: ServerMode): Promise<void> {
  const { connectionString: url, options } = getConnection(address, pool);
  const variable = options === undefined ? poolVariables[pool] : 'DATABASE_URL';
  const at = { variable, url };
  const check = async (client: pg.Client) => {
    const mode = await readServerMode(client);
    assertWritable(at, mode); // guard: pools-on-primary
    // guard: pools-on-one-database
    if (mode.database !== server.database)
      throw new StartupError(`${variable}: names another database than DATABASE_URL.`);
    const required = getSessionSettings(pool);
    const different = findDifference(await readSettings(client, Object.keys(required)), required);
    if (different !== null) throw new StartupError(`${variable}: ${describeDifference(pool, different)}`);
    await prepareProbe(client, 1);
    await withStartupClient(at, (other) => prepareProbe(other, 2), options); // guard: pooler-prepares
  };
  try {
    await withStartupClient(at, check, options);
  } catch (error) {
    throw explainRefusal(error, at);
  }
}

function describeDifference(pool: PoolName, { name, found, wanted }: Difference): string {
  return (
    `${name} is ${found ?? 'not set'} instead of ${wanted} in sessions of the pool "${pool}". ` +
    `A connection pooler may have dropped it, or the role lacks it: ${POOLERS}.`
  );
}

/** Explains what poolers refuse. Returns any other error unchanged. */
function explainRefusal(error: unknown, { variable, url }: StartupAddress): unknown {
  const cause = error instanceof StartupError ? error.cause : error;
  const { host } = new URL(url);
  const state = getSqlState(cause ?? {});
  if (state === DUPLICATE_STATEMENT || state === UNKNOWN_STATEMENT)
    return new StartupError(
      `${variable}: the connection pooler at ${host} mixes up the prepared statements of its clients: ${POOLERS}.`,
      { cause },
    );
  if (state === PROTOCOL_VIOLATION && describeError(cause).includes('startup parameter'))
    return new StartupError(
      `${variable}: the connection pooler at ${host} refuses the settings of sessions (${describeError(cause)}): ${POOLERS}.`,
      { cause },
    );
  return error;
}
