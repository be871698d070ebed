import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { freePort } from '../ports.ts';
import { waitUntil, describeProcess, endProcess, isAlive, spawnService } from '../processes.ts';
import { findRedis } from './find-redis.ts';

const READY_WITHIN_MS = 10_000;
const PORT_ATTEMPTS_MAX = 5;

export interface RedisOptions {
  /** Contains the configuration, the pid file and the log, and nothing else. */
  folder: string;
  /** Default: a free port. */
  port?: number;
  /** Default: a random password. A restart passes the previous one. */
  password?: string;
  /** Keeps the data over restarts: loses at most the last second in a crash. Default: false, for tests. */
  appendOnly?: boolean;
  /** Starts it as a node of a Redis Cluster, without slots at first. Default: false. */
  isClusterNode?: boolean;
  /** The port for other nodes of its cluster. Default: a free port. A restart passes the previous one. */
  busPort?: number;
  /** The port of the Redis of which it is a replica, with the same password. Default: none. */
  replicaOf?: number;
}

export interface Redis {
  url: string;
  port: number;
  /** The port for other nodes of its cluster; null if it is no node. */
  busPort: number | null;
  password: string;
  version: string;
  process: ChildProcess;
  logFile: string;
  stop(): Promise<void>;
}

/** Starts a private Redis. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  await stopRedis(folder);
  const redis = await findRedis();
  const password = options.password ?? randomBytes(24).toString('base64url');
  const logFile = path.join(folder, 'redis.log');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const busPort = options.isClusterNode === true ? (options.busPort ?? (await freePort())) : null;
    const configFile = writeConfig({
      folder,
      port,
      busPort,
      password,
      appendOnly: options.appendOnly ?? false,
      replicaOf: options.replicaOf ?? null,
    });
    const child = spawnService({
      command: redis.program,
      args: [configFile],
      logFile,
      env: redis.env,
      signalWithParent: 'KILL',
    });
    if (await waitUntilRedisReady(port, password, child)) {
      const url = `redis://:${password}@127.0.0.1:${port}`;
      const stop = (): Promise<void> => stopRedis(folder);
      return { url, port, busPort, password, version: redis.version, process: child, logFile, stop };
    }
    const log = readFileSync(logFile, 'utf8');
    const portWasTaken = log.includes('Address already in use') && options.port === undefined;
    if (portWasTaken && attempt < PORT_ATTEMPTS_MAX) continue;
    throw new Error(
      `Redis did not start. Its log (${logFile}) ends with:\n${log.trim().split('\n').slice(-5).join('\n')}`,
    );
  }
}

/** Stops the Redis of this folder, even if a killed process left it behind. */
export async function stopRedis(folder: string): Promise<void> {
  const pid = findRedisServer(folder);
  if (pid === null) return;
  await endProcess(pid, [
    { signal: 'SIGTERM', waitMs: 3_000 },
    { signal: 'SIGKILL', waitMs: 3_000 },
  ]);
}

/** Returns the PID of the Redis of this folder, or null. The pid file may be stale, so the process is checked. */
function findRedisServer(folder: string): number | null {
  const pidFile = path.join(folder, 'redis.pid');
  if (!existsSync(pidFile)) return null;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!Number.isInteger(pid) || !isAlive(pid)) return null;
  const found = describeProcess(pid);
  const isOurs = found?.cwd === realpathSync(folder) && /(redis|valkey)-server/.test(found.command[0] ?? '');
  return isOurs ? pid : null;
}

/** Writes a configuration file, because arguments would show the password in the process list. */
function writeConfig({
  folder,
  port,
  busPort,
  password,
  appendOnly,
  replicaOf,
}: Required<Pick<RedisOptions, 'folder' | 'port' | 'password' | 'appendOnly'>> &
  Pick<Redis, 'busPort'> & { replicaOf: number | null }): string {
  const file = path.join(folder, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    // A node that takes over may have been a replica before, and the other way round.
    `masterauth ${password}`,
    // A replica gets its first copy at once, instead of waiting 5 s for others.
    'repl-diskless-sync-delay 0',
    ...(replicaOf === null ? [] : [`replicaof 127.0.0.1 ${replicaOf}`]),
    `dir "${folder}"`,
    `pidfile "${path.join(folder, 'redis.pid')}"`,
    'daemonize no',
    'save ""',
    `appendonly ${appendOnly ? 'yes' : 'no'}`,
    ...(busPort === null ? [] : clusterLines(busPort)),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** Events on other masters go on while one is away. */
function clusterLines(busPort: number): readonly string[] {
  return [
    'cluster-enabled yes',
    `cluster-port ${busPort}`,
    'cluster-node-timeout 2000',
    'cluster-require-full-coverage no',
  ];
}

/** Returns false if Redis exited before it was ready. */
export async function waitUntilRedisReady(
  port: number,
  password: string,
  child: ChildProcess,
): Promise<boolean> {
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  let ready = false;
  const settled = await waitUntil(async () => {
    if (spawnError) throw spawnError;
    ready = !ended() && (await respondsToPing(port, password));
    return ready || ended();
  }, READY_WITHIN_MS);
  if (!settled) throw new Error(`Redis was not ready after ${READY_WITHIN_MS / 1000} s`);
  // Another process may own the port and respond. Ours accepts the password and is still running.
  return ready && !ended();
}

function respondsToPing(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let reply = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (reply.includes('+PONG') || reply.startsWith('-')) socket.destroy();
    });
    // The connection is refused during startup; the close event settles the result.
    socket.on('error', () => {});
    socket.on('close', () => resolve(reply.includes('+PONG')));
  });
}
