import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import pg from 'pg';
import { freePort } from '../ports.ts';
import { postgresBinaries } from './binaries.ts';
import { clusterPaths, createCluster, findServer, stopServer, type StopMode, SUPERUSER } from './cluster.ts';
import { postgresUserFor } from './system-user.ts';
import { waitUntil, spawnService } from '../processes.ts';

const DATABASE = 'sellout';
const READY_WITHIN_MS = 60_000;
const PORT_ATTEMPTS_MAX = 5;

/** Settings for a machine with two cores that also runs the servers and the tests. */
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
 * Settings for scratch databases. A crash of the machine corrupts the data. A crash of the server alone loses no commit,
 * because the WAL has reached the operating system by then; synchronous_commit=off would lose some.
 */
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off' };

export interface PostgresOptions {
  /** Contains the cluster, its password and its log, and nothing else. */
  folder: string;
  durable: boolean;
  /** Default: a free port. */
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

/** Starts the embedded PostgreSQL, and creates its cluster first if there is none. */
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
    const version = await waitUntilReady(url, child);
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

/** Stops the server of the cluster in this folder, even if a killed process left it behind. */
export async function stopPostgres(folder: string, mode: StopMode = 'fast'): Promise<void> {
  const pid = findServer(folder);
  if (pid !== null) await stopServer(pid, mode);
}

/** Returns the server's version, or null if it exited before it was ready. */
async function waitUntilReady(url: string, child: ChildProcess): Promise<string | null> {
  let version: string | null = null;
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  const settled = await waitUntil(async () => {
    if (spawnError) throw spawnError;
    if (!ended()) version = await tryConnect(url);
    return version !== null || ended();
  }, READY_WITHIN_MS);
  if (!settled) throw new Error(`PostgreSQL was not ready after ${READY_WITHIN_MS / 1000} s`);
  return version;
}

/** Creates the database if it is missing, and returns the server's version, or null while the server is not ready. */
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
    // 57P03: the server is still starting. Any other error of the server is final.
    const { code } = error as { code?: string };
    if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03') return null;
    throw error;
  } finally {
    await client.end();
  }
}
