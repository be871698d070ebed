import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryLock } from '../bootstrap/lock.mjs';
import { stopPostgres } from './postgres.ts';

const PREFIX = 'sellout-scratch-';
const LOCK = 'scratch';

export interface ScratchFolder {
  folder: string;
  /** Removes it. Whatever runs in it must have been stopped. */
  remove(): Promise<void>;
}

/** A folder for one run, in the system's folder for such things. What killed runs left there is removed first. */
export async function makeScratchFolder(): Promise<ScratchFolder> {
  await removeAbandoned();
  const folder = mkdtempSync(path.join(tmpdir(), PREFIX));
  const lock = await tryLock(folder, LOCK);
  if (!lock) throw new Error(`${folder} was made just now, and is locked by another process`);
  // PostgreSQL runs as another user where we are root, and has to pass through. What lies in it is closed to others.
  chmodSync(folder, 0o711);
  return {
    folder,
    remove: async () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      await lock.release();
    },
  };
}

/** A folder whose lock is free has no process any more that would remove it. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    const found = statSync(folder, { throwIfNoEntry: false });
    const lastChangeMs = found?.mtimeMs ?? Date.now();
    // Not ours to remove, or so young that its maker may not have locked it yet.
    if (found?.uid !== process.getuid?.() || Date.now() - lastChangeMs < 5_000) continue;
    const lock = await tryLock(folder, LOCK);
    if (!lock) continue;
    for (const entry of readdirSync(folder)) await stopPostgres(path.join(folder, entry), 'immediate');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    await lock.release();
  }
}
