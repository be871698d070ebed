import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { SmallDisk } from '../../support/services/small-disk.ts';

/** More than a PostgreSQL of a run ever uses: its data, and `max_wal_size`. */
const SERVER_MEGABYTES = 2_048;
const WATCHED_MEGABYTES = 64;
/** What is on the watched disk: 88 % of it are free. */
const WATCHED_USED_MEGABYTES = 8;

/** The disks of the PostgreSQL nodes, each of its own, and one that the processes watch. */
export class Disks implements Disposable {
  readonly #servers: ReadonlyMap<string, SmallDisk>;
  /** `DATABASE_DISK_PATH` of all processes. */
  readonly watched: SmallDisk;

  private constructor(servers: ReadonlyMap<string, SmallDisk>, watched: SmallDisk) {
    this.#servers = servers;
    this.watched = watched;
  }

  /** Puts the nodes' folders on disks, before they are started. Returns null if this process may not mount any. */
  static mount(folder: string, names: readonly string[]): Disks | null {
    using undo = new DisposableStack();
    const watched = undo.adopt(SmallDisk.mount({ megabytes: WATCHED_MEGABYTES }), (disk) =>
      disk?.[Symbol.dispose](),
    );
    if (watched === null) return null;
    watched.put('used', WATCHED_USED_MEGABYTES);
    const servers = new Map<string, SmallDisk>();
    for (const name of names) {
      const disk = undo.adopt(SmallDisk.mount({ megabytes: SERVER_MEGABYTES }), (each) =>
        each?.[Symbol.dispose](),
      );
      if (disk === null) return null;
      servers.set(name, disk);
      symlinkSync(disk.makeFolder(name), path.join(folder, name));
    }
    undo.move();
    return new Disks(servers, watched);
  }

  /** Returns the disk of a PostgreSQL node. */
  of(name: string): SmallDisk {
    const disk = this.#servers.get(name);
    if (disk === undefined) throw new Error(`${name} has no disk of its own`);
    return disk;
  }

  get folders(): readonly string[] {
    return [...this.#servers.values()].map((disk) => disk.folder);
  }

  [Symbol.dispose](): void {
    for (const disk of [...this.#servers.values(), this.watched]) disk[Symbol.dispose]();
  }
}
