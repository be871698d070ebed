import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import type { PostgresUser } from './system-user.ts';
import { describeProcess, endProcess, isAlive } from '../processes.ts';

export const SUPERUSER = 'sellout';

/** Returns the paths of a cluster's files inside its folder. */
export function clusterPaths(folder: string): { cluster: string; passwordFile: string; logFile: string } {
  return {
    cluster: path.join(folder, 'cluster'),
    passwordFile: path.join(folder, 'password'),
    logFile: path.join(folder, 'postgres.log'),
  };
}

/** Creates the cluster if it does not exist. The final rename keeps an interrupted attempt from looking complete. */
export async function createCluster(
  folder: string,
  binaries: PostgresBinaries,
  user: PostgresUser,
  durable: boolean,
): Promise<void> {
  const { cluster, passwordFile } = clusterPaths(folder);
  if (existsSync(path.join(cluster, 'PG_VERSION'))) return;
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  user.own(unfinished);
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  user.own(passwordFile);
  const options = [
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ];
  const [program, ...args] =
    user.privileges.length === 0
      ? [binaries.initdb, ...options]
      : ['setpriv', ...user.privileges, '--pdeathsig', 'KILL', '--', binaries.initdb, ...options];
  await promisify(execFile)(program, args, { cwd: '/' });
  renameSync(unfinished, cluster);
}

/** Returns the PID of the server of this cluster, or null. The pid file may be stale, so the process's command is checked. */
export function findServer(folder: string): number | null {
  const { cluster } = clusterPaths(folder);
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!Number.isInteger(pid) || !isAlive(pid)) return null;
  return describeProcess(pid)?.command.includes(cluster) === true ? pid : null;
}

export type StopMode = 'fast' | 'immediate';

/** Stops a server. `fast` rolls back open transactions and writes a checkpoint; `immediate` is like a crash. */
export async function stopServer(pid: number, mode: StopMode): Promise<void> {
  await endProcess(pid, [
    ...(mode === 'fast' ? [{ signal: 'SIGINT', waitMs: 10_000 } as const] : []),
    { signal: 'SIGQUIT', waitMs: 5_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ]);
}
