import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive, runs } from '../../../scripts/local/processes.ts';

const PREFIX = 'sellout-disk-';
/** Each attempt measures again what is used: a server may write meanwhile. */
const SHRINK_ATTEMPTS_MAX = 50;

export interface SmallDiskOptions {
  readonly megabytes: number;
}

/**
 * A disk in memory, whose size can change while it is in use. It is outside of scratch folders: these are removed with what is
 * in them, also after their process was killed, and a mounted folder cannot be.
 */
export class SmallDisk implements Disposable {
  /** The folder that is on this disk. */
  readonly folder: string;
  readonly #megabytes: number;
  readonly #onExit = () => this[Symbol.dispose]();
  #mayHaveFilled = false;

  private constructor(folder: string, megabytes: number) {
    this.folder = folder;
    this.#megabytes = megabytes;
    process.once('exit', this.#onExit);
  }

  /** Mounts a disk. Returns null if this process is not allowed to. */
  static mount({ megabytes }: SmallDiskOptions): SmallDisk | null {
    removeAbandoned();
    const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
    // If this process runs as root, PostgreSQL runs as another user, and must traverse the folder.
    const options = `size=${megabytes}m,mode=0711`;
    if (runs('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]))
      return new SmallDisk(folder, megabytes);
    unmount(folder);
    return null;
  }

  /** Creates a folder on the disk. */
  makeFolder(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder, { mode: 0o711 });
    return folder;
  }

  /** Makes a file of this size, so that the disk is not empty. */
  put(name: string, megabytes: number): void {
    writeFileSync(path.join(this.folder, name), Buffer.alloc(megabytes * 2 ** 20));
  }

  /** Returns whether a writer may have filled the disk since the last call. */
  resetMayHaveFilled(): boolean {
    const mayHaveFilled = this.#mayHaveFilled;
    this.#mayHaveFilled = false;
    return mayHaveFilled;
  }

  /** Leaves this much free space. */
  leaveKilobytes(free: number): void {
    this.#mayHaveFilled = true;
    for (let attempt = 1; ; attempt++) {
      const { blocks, bfree, bsize } = statfsSync(this.folder);
      const kilobytes = ((blocks - bfree) * bsize) / 1024 + free;
      try {
        return this.#resize(`${kilobytes}k`);
      } catch (error) {
        if (attempt === SHRINK_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** Gives the disk its first size back. */
  enlarge(): void {
    this.#resize(`${this.#megabytes}m`);
  }

  #resize(size: string): void {
    execFileSync('mount', ['-o', `remount,size=${size}`, this.folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
    unmount(this.folder);
  }
}

/** Removes the disks of processes that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(tmpdir(), name);
    const isOwn = statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.();
    if (isOwn && !isAlive(Number.parseInt(name.slice(PREFIX.length), 10))) unmount(folder);
  }
}

function unmount(folder: string): void {
  // Lazily: a server that is about to end may still have its files open. Fails if it was never mounted.
  runs('umount', ['-l', folder]);
  // Another process may remove it at the same time.
  rmSync(folder, { recursive: true, force: true });
}
