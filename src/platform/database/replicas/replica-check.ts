import { StartupError } from '../../errors.ts';
import { readServerMode, readSettings, type ServerMode } from '../database-state.sql.ts';
import {
  findDifference,
  getReplicaConnection,
  getSessionSettings,
  type PoolUrls,
} from '../session-settings.ts';
import { withStartupClient } from '../startup-client.ts';

const VARIABLE = 'DATABASE_REPLICA_URLS';

interface Addresses {
  readonly databaseUrl: string;
  readonly databasePoolUrls: PoolUrls | null;
  readonly databaseReplicaUrls: readonly string[];
}

/**
 * Checks the replicas at startup. Those that do not respond pass: they are left out until they do. One of several servers may
 * be the primary, as after a failover.
 *
 * @throws {StartupError} if a server has another database than DATABASE_URL, if sessions on it lack their settings, or if
 *   none of the servers is a standby.
 */
export async function checkReplicas({
  databaseUrl,
  databasePoolUrls,
  databaseReplicaUrls,
}: Addresses): Promise<void> {
  if (databaseReplicaUrls.length === 0) return;
  const primary = await unlessDown(
    withStartupClient({ variable: 'DATABASE_URL', url: databaseUrl }, readServerMode),
  );
  const modes: (ServerMode | null)[] = [];
  for (const url of databaseReplicaUrls)
    modes.push(await unlessDown(checkReplica(url, databasePoolUrls ?? databaseUrl, primary)));
  if (modes.some((mode) => mode?.inRecovery !== false)) return; // guard: replica-not-the-primary
  const { host } = new URL(databaseReplicaUrls[0] ?? '');
  throw new StartupError(`${VARIABLE}: the server at ${host} is a primary. Name its standbys.`);
}

async function checkReplica(
  url: string,
  address: string | PoolUrls,
  primary: ServerMode | null,
): Promise<ServerMode> {
  const { host } = new URL(url);
  const { options } = getReplicaConnection(url, address);
  return withStartupClient(
    { variable: VARIABLE, url },
    async (client) => {
      const mode = await readServerMode(client);
      // guard: replica-of-this-database
      if (primary !== null && mode.database !== primary.database)
        throw new StartupError(`${VARIABLE}: the server at ${host} has another database than DATABASE_URL.`);
      const required = getSessionSettings('reads');
      const different = findDifference(await readSettings(client, Object.keys(required)), required);
      // guard: replica-session-settings
      if (different !== null)
        throw new StartupError(
          `${VARIABLE}: ${different.name} is ${different.found ?? 'not set'} instead of ${different.wanted} in sessions at ` +
            `${host}. A connection pooler may have dropped it, or the role lacks it: see "Connection poolers" in docs/deployment.md.`,
        );
      return mode;
    },
    options,
  );
}

/** Returns null if the server does not respond. */
async function unlessDown<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    return null;
  }
}
