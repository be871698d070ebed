import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

export interface ServiceOptions {
  command: string;
  args: readonly string[];
  logFile: string;
  /** True: appends to the log of an earlier process instead of replacing it. */
  continuesLog?: boolean;
  env?: Readonly<Record<string, string | undefined>>;
  /** Options of setpriv that choose the user. Default: none. */
  privileges?: readonly string[];
  /** Signal that the kernel sends to the service when its parent process ends for any reason. */
  signalWithParent: 'INT' | 'TERM' | 'KILL';
}

/**
 * Starts a service in its own session, so that Ctrl-C in the terminal does not reach it and services stop in order.
 */
export function spawnService(options: ServiceOptions): ChildProcess {
  const log = openSync(options.logFile, options.continuesLog === true ? 'a' : 'w', 0o600);
  try {
    const [file, args] = withSetpriv(options);
    const env = { ...process.env, ...options.env };
    const child = spawn(file, args, { cwd: '/', detached: true, stdio: ['ignore', log, log], env });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function withSetpriv(options: ServiceOptions): [string, string[]] {
  const { command, args, privileges = [] } = options;
  if (!hasSetpriv() && privileges.length === 0) return [command, [...args]];
  return ['setpriv', [...privileges, '--pdeathsig', options.signalWithParent, '--', command, ...args]];
}

let setprivFound: boolean | undefined;

/** Checks for setpriv, a part of util-linux. On systems without it, the next start stops orphaned services. */
function hasSetpriv(): boolean {
  setprivFound ??= runs('setpriv', ['--pdeathsig', 'KILL', '--', 'true']);
  return setprivFound;
}

export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No such process, or no permission to signal it.
    return false;
  }
}

/** Returns a process's command line and working directory, or null if it does not exist or can't be read. */
export function describeProcess(pid: number): { command: string[]; cwd: string } | null {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return { command, cwd: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return null;
  }
}

/** Polls until `condition` holds, and returns whether it did within the time. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Sends each signal in turn, and waits for the process to exit before the next. @throws if it never exits. */
export async function endProcess(
  pid: number,
  signals: readonly { signal: NodeJS.Signals; waitMs: number }[],
): Promise<void> {
  for (const { signal, waitMs } of signals) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await waitUntil(() => !isAlive(pid), waitMs)) return;
  }
  throw new Error(`Process ${pid} did not exit`);
}
