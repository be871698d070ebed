import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeLock, tryLock } from '../bootstrap/lock.mjs';
import { findServer, stopServer } from './postgres/cluster.ts';

const PREFIX = 'sellout-scratch-';
const LOCK = 'scratch';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const YOUNG_MS = 5_000;
const REMOVE_ATTEMPTS_MAX = 40;
const REMOVE_PAUSE_MS = 50;

export interface ScratchFolder {
  folder: string;
  /** Removes the folder, and stops PostgreSQL servers that still run in it. */
  remove(): Promise<void>;
}

/** Creates a temporary folder, which is removed on exit. Removes the folders of killed runs first. */
export async function makeScratchFolder(): Promise<ScratchFolder> {
  // Two concurrent sweeps would remove the same folders.
  const sweep = await takeLock(tmpdir(), LOCK);
  try {
    await removeAbandoned();
  } finally {
    await sweep.release();
  }
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  const lock = await tryLock(folder, LOCK);
  if (!lock) throw new Error(`${folder} was just created, but is locked by another process`);
  // If this process runs as root, PostgreSQL runs as another user and must traverse the folder. Its contents stay private.
  chmodSync(folder, 0o711);
  const remove = (): void => removeNow(folder);
  // Also runs when the process is interrupted, unless it is killed with SIGKILL. Signals arrive repeatedly because npm and
  // the bootstrap forward them; without a listener, the next one would kill this process during the removal.
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
 * Removes a folder synchronously, because it runs while the process exits. Retries, because rmSync stops silently when a
 * server that is shutting down removes a file first.
 */
function removeNow(folder: string): void {
  for (const server of findServers(folder)) process.kill(server, 'SIGQUIT');
  for (let attempt = 1; existsSync(folder) && attempt <= REMOVE_ATTEMPTS_MAX; attempt++) {
    if (attempt > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVE_PAUSE_MS);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Returns whether the folder belongs to this user and is old enough that its creator would have locked it. */
function mayBeAbandoned(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.uid === process.getuid?.() && Date.now() - found.mtimeMs > YOUNG_MS;
}

/** Removes folders whose lock is free: the process that would have removed them has ended. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    if (!mayBeAbandoned(folder)) continue;
    const lock = await tryLock(folder, LOCK);
    if (!lock) continue;
    for (const server of findServers(folder)) await stopServer(server, 'immediate');
    removeNow(folder);
    await lock.release();
  }
}

/** Returns the PIDs of the PostgreSQL servers in the folder, at any depth. */
function findServers(folder: string): number[] {
  const folders = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory() && entry.name === 'cluster')
    .map((entry) => entry.parentPath);
  return folders.map((parent) => findServer(parent)).filter((pid) => pid !== null);
}
