import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { freePort } from './ports.ts';
import { becomesTrue, describeProcess, endProcess, isAlive, spawnService } from './processes.ts';
import { findRedis } from './redis-binary.ts';

const READY_WITHIN_MS = 10_000;
const PORT_ATTEMPTS_MAX = 5;

export interface RedisOptions {
  /** A folder of its own: configuration, pid file and log lie in it. */
  folder: string;
  /** A free one when absent. */
  port?: number;
  /** The one of the run before when absent and there was none: it stays the same over a restart. */
  password?: string;
}

export interface Redis {
  url: string;
  port: number;
  password: string;
  version: string;
  process: ChildProcess;
  logFile: string;
  stop(): Promise<void>;
}

/** Starts a private Redis that keeps nothing: every byte in it may vanish at any moment. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.folder);
  await stopRedis(folder);
  const redis = await findRedis();
  const password = options.password ?? randomBytes(24).toString('base64url');
  const logFile = path.join(folder, 'redis.log');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const configFile = writeConfig(folder, port, password);
    const child = spawnService({
      command: redis.program,
      args: [configFile],
      logFile,
      env: redis.env,
      signalWithParent: 'KILL',
    });
    if (await untilReady(port, password, child)) {
      const url = `redis://:${password}@127.0.0.1:${port}`;
      const stop = (): Promise<void> => stopRedis(folder);
      return { url, port, password, version: redis.version, process: child, logFile, stop };
    }
    const log = readFileSync(logFile, 'utf8');
    const portWasTaken = log.includes('Address already in use') && options.port === undefined;
    if (portWasTaken && attempt < PORT_ATTEMPTS_MAX) continue;
    throw new Error(
      `Redis did not start. Its log (${logFile}) ends with:\n${log.trim().split('\n').slice(-5).join('\n')}`,
    );
  }
}

/** Stops the Redis of this folder: ours, or one that a killed process left behind. */
export async function stopRedis(folder: string): Promise<void> {
  const pid = redisOf(folder);
  if (pid === null) return;
  await endProcess(pid, [
    { signal: 'SIGTERM', waitMs: 3_000 },
    { signal: 'SIGKILL', waitMs: 3_000 },
  ]);
}

/** The pid file names it, and the process must agree: it works in this folder, and is a Redis. */
export function redisOf(folder: string): number | null {
  const pidFile = path.join(folder, 'redis.pid');
  if (!existsSync(pidFile)) return null;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!Number.isInteger(pid) || !isAlive(pid)) return null;
  const found = describeProcess(pid);
  const isOurs = found?.cwd === realpathSync(folder) && /(redis|valkey)-server/.test(found.command[0] ?? '');
  return isOurs ? pid : null;
}

/** A file rather than arguments: the password stays out of the process list, and people can start it by hand. */
function writeConfig(folder: string, port: number, password: string): string {
  const file = path.join(folder, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    `pidfile "${path.join(folder, 'redis.pid')}"`,
    'daemonize no',
    'save ""',
    'appendonly no',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** False: it ended instead of becoming ready. */
async function untilReady(port: number, password: string, child: ChildProcess): Promise<boolean> {
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  let ready = false;
  const settled = await becomesTrue(async () => {
    if (spawnError) throw spawnError;
    ready = !ended() && (await answers(port, password));
    return ready || ended();
  }, READY_WITHIN_MS);
  if (!settled) throw new Error(`Redis was not ready after ${READY_WITHIN_MS / 1000} s`);
  // Something else may have had the port and answered: only a Redis that took our password and still runs is ours.
  return ready && !ended();
}

function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let reply = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (reply.includes('+PONG') || reply.startsWith('-')) socket.destroy();
    });
    // Refused while it starts: the close that follows settles the answer.
    socket.on('error', () => {});
    socket.on('close', () => resolve(reply.includes('+PONG')));
  });
}
