import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import pg from 'pg';
import { freePort } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import {
  clusterPaths,
  createCluster,
  serverOf,
  stopServer,
  type StopMode,
  SUPERUSER,
} from './postgres-cluster.ts';
import { postgresUserFor } from './postgres-user.ts';
import { becomesTrue, spawnService } from './processes.ts';

const DATABASE = 'sellout';
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS_MAX = 5;

/** For a machine of two cores, beside everything else that runs on it. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};

/**
 * Quick, and worth nothing after a crash of the machine. A crash of the server alone still loses no commit, because
 * the log is with the system by then; synchronous_commit=off would lose some.
 */
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off' };

export interface PostgresOptions {
  /** A folder of its own: the cluster, its password and its log lie in it. */
  folder: string;
  durable: boolean;
  /** A free one when absent. */
  port?: number;
  settings?: Record<string, string>;
}

export interface Postgres {
  url: string;
  port: number;
  version: string;
  process: ChildProcess;
  logFile: string;
  stop(mode?: StopMode): Promise<void>;
}

/** Starts the embedded PostgreSQL, and creates its cluster first where there is none. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  mkdirSync(options.folder, { recursive: true });
  const folder = realpathSync(options.folder);
  const { cluster, logFile, passwordFile } = clusterPaths(folder);
  await stopPostgres(folder);
  const binaries = await postgresBinaries();
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  const user = postgresUserFor(cluster, binaries);
  await createCluster(folder, binaries, user, options.durable);
  const settings = { ...SETTINGS, ...(options.durable ? {} : NOT_DURABLE), ...options.settings };
  const password = readFileSync(passwordFile, 'utf8');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawnService({
      command: binaries.postgres,
      args: ['-D', cluster, ...flags],
      logFile,
      privileges: user.privileges,
      signalWithParent: 'INT',
    });
    const url = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;
    const version = await untilReady(url, child);
    if (version !== null) {
      const stop = (mode: StopMode = 'fast'): Promise<void> => stopPostgres(folder, mode);
      return { url, port, version, process: child, logFile, stop };
    }
    const log = readFileSync(logFile, 'utf8');
    const portWasTaken = log.includes('could not bind') && options.port === undefined;
    if (portWasTaken && attempt < PORT_ATTEMPTS_MAX) continue;
    throw new Error(
      `PostgreSQL did not start. Its log (${logFile}) ends with:\n${log.trim().split('\n').slice(-8).join('\n')}`,
    );
  }
}

/** Stops whatever serves the cluster in this folder: ours, or what a killed process left behind. */
export async function stopPostgres(folder: string, mode: StopMode = 'fast'): Promise<void> {
  const pid = serverOf(folder);
  if (pid !== null) await stopServer(pid, mode);
}

/** The server's version, or null when it ended instead of becoming ready. */
async function untilReady(url: string, child: ChildProcess): Promise<string | null> {
  let version: string | null = null;
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  const settled = await becomesTrue(async () => {
    if (spawnError) throw spawnError;
    if (!ended()) version = await tryConnect(url);
    return version !== null || ended();
  }, READY_WITHIN_MS);
  if (!settled) throw new Error(`PostgreSQL was not ready after ${READY_WITHIN_MS / 1000} s`);
  return version;
}

/** Connects to the maintenance database, makes ours where it is missing; null while the server is not ready. */
async function tryConnect(url: string): Promise<string | null> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; exists: boolean }>(
      `SELECT current_setting('server_version') AS version,
              EXISTS (SELECT FROM pg_database WHERE datname = $1) AS exists`,
      [DATABASE],
    );
    if (rows[0]?.exists === false) await client.query(`CREATE DATABASE ${DATABASE}`);
    return rows[0]?.version ?? null;
  } catch (error) {
    // 57P03: the server is there and still starting. Anything else that the server says is an answer, not a delay.
    const { code } = error as { code?: string };
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03') return null;
    throw error;
  } finally {
    await client.end();
  }
}
