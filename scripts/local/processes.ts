import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

export interface ServiceOptions {
  command: string;
  args: readonly string[];
  logFile: string;
  env?: Record<string, string>;
  /** setpriv's options for whom to run as; none: as we are. */
  privileges?: readonly string[];
  /** What the kernel sends to the service when the process that started it is gone, however it went. */
  signalWithParent: 'INT' | 'TERM' | 'KILL';
}

/**
 * Starts a service in a session of its own, so that Ctrl-C in the terminal reaches us alone and we stop things in
 * order. Its output goes to a log file that starts anew.
 */
export function spawnService(options: ServiceOptions): ChildProcess {
  const log = openSync(options.logFile, 'w', 0o600);
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

/** setpriv is part of util-linux, which every Debian and Ubuntu has. Elsewhere orphans are left to the next start. */
function hasSetpriv(): boolean {
  setprivFound ??= runs('setpriv', ['--pdeathsig', 'KILL', '--', 'true']);
  return setprivFound;
}

export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    // Not found and refused come to the same for whoever asks whether it works.
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No such process, or none that is ours to signal.
    return false;
  }
}

/** What a process was started as, and where it works; null when there is none, or it is somebody else's. */
export function describeProcess(pid: number): { command: string[]; cwd: string } | null {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return { command, cwd: readlinkSync(`/proc/${pid}/cwd`) };
  } catch {
    return null;
  }
}

/** Polls until `condition` holds. False: the deadline passed first. */
export async function becomesTrue(
  condition: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Sends each signal in turn and gives the process its time for it. */
export async function endProcess(
  pid: number,
  signals: readonly { signal: NodeJS.Signals; waitMs: number }[],
): Promise<void> {
  for (const { signal, waitMs } of signals) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    if (await becomesTrue(() => !isAlive(pid), waitMs)) return;
  }
  throw new Error(`Process ${pid} did not exit`);
}
