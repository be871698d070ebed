import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeLock, tryLock } from '../bootstrap/lock.mjs';
import { serverOf, stopServer } from './postgres-cluster.ts';

const PREFIX = 'sellout-scratch-';
const LOCK = 'scratch';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const YOUNG_MS = 5_000;
const REMOVE_ATTEMPTS_MAX = 40;
const REMOVE_PAUSE_MS = 50;

export interface ScratchFolder {
  folder: string;
  /** Removes it, and ends what PostgreSQL still runs in it. */
  remove(): Promise<void>;
}

/** A folder for one run, in the system's folder for such things. What killed runs left there is removed first. */
export async function makeScratchFolder(): Promise<ScratchFolder> {
  // One at a time: two would remove the same things.
  const sweep = await takeLock(tmpdir(), LOCK);
  try {
    await removeAbandoned();
  } finally {
    await sweep.release();
  }
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  const lock = await tryLock(folder, LOCK);
  if (!lock) throw new Error(`${folder} was just created, but is locked by another process`);
  // PostgreSQL runs as another user where we are root, and has to pass through. What lies in it is closed to others.
  chmodSync(folder, 0o711);
  const remove = (): void => removeNow(folder);
  // A run that is interrupted comes past here too, unless it is killed outright. Signals repeat themselves (npm and the
  // bootstrap pass them on), and one that nobody listens to any more would kill us while we remove.
  process.once('exit', remove);
  const interrupted = (): never => process.exit(130);
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return {
    folder,
    remove: async () => {
      process.off('exit', remove);
      remove();
      await lock.release();
      for (const signal of SIGNALS) process.off(signal, interrupted);
    },
  };
}

/**
 * Without waiting for events, for it runs while the process exits. Again and again, because rmSync takes a file that a
 * dying server removes first for the end of its work, and says nothing.
 */
function removeNow(folder: string): void {
  for (const server of serversIn(folder)) process.kill(server, 'SIGQUIT');
  for (let attempt = 1; existsSync(folder) && attempt <= REMOVE_ATTEMPTS_MAX; attempt++) {
    if (attempt > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_PAUSE_MS);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Ours, and not so young that its maker may not have locked it yet. */
function isAbandoned(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.uid === process.getuid?.() && Date.now() - found.mtimeMs > YOUNG_MS;
}

/** A folder whose lock is free has no process any more that would remove it. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    if (!isAbandoned(folder)) continue;
    const lock = await tryLock(folder, LOCK);
    if (!lock) continue;
    for (const server of serversIn(folder)) await stopServer(server, 'immediate');
    removeNow(folder);
    await lock.release();
  }
}

/** The PostgreSQL servers that run in its folders, and in theirs. */
function serversIn(folder: string): number[] {
  const folders = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory() && entry.name === 'cluster')
    .map((entry) => entry.parentPath);
  return folders.map((parent) => serverOf(parent)).filter((pid) => pid !== null);
}
