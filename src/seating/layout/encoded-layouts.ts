import { oneAtATime } from '../../platform/threads.ts';
import type { EncodedLayout } from './encode-layout.ts';

/** Some thirty of the largest halls, in all their encodings together; the least recently used go first. */
const BYTES_KEPT_MAX = 256 * 1024 * 1024;
/** Layouts that wait to be made: half a second each for the largest halls. */
const WAITING_MAX = 20;

/** Layouts under their address, each made once, one after the other, and kept while there is room. */
export class EncodedLayouts {
  readonly #bytesMax: number;
  /** Never evicted: concurrent requests for a layout that is being encoded share the work. */
  readonly #making = new Map<string, Promise<EncodedLayout>>();
  readonly #kept = new Map<string, EncodedLayout>();
  readonly #inTurn = oneAtATime(WAITING_MAX);
  #bytes = 0;

  constructor(bytesMax = BYTES_KEPT_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** @throws {BusyError} where too many wait to be made already. */
  get(path: string, make: () => Promise<EncodedLayout>): Promise<EncodedLayout> {
    const kept = this.#kept.get(path);
    if (kept !== undefined) {
      this.#kept.delete(path);
      this.#kept.set(path, kept);
      return Promise.resolve(kept);
    }
    return this.#making.get(path) ?? this.#make(path, make); // guard: one-layout-at-a-time
  }

  #make(path: string, make: () => Promise<EncodedLayout>): Promise<EncodedLayout> {
    const making = this.#inTurn(make)
      .then((layout) => this.#keep(path, layout))
      .finally(() => this.#making.delete(path));
    this.#making.set(path, making);
    return making;
  }

  #keep(path: string, layout: EncodedLayout): EncodedLayout {
    this.#kept.set(path, layout);
    this.#bytes += bytesOf(layout);
    for (const [oldest, other] of this.#kept) {
      if (this.#bytes <= this.#bytesMax || oldest === path) break; // guard: layout-cache-bytes
      this.#kept.delete(oldest);
      this.#bytes -= bytesOf(other);
    }
    return layout;
  }
}

function bytesOf({ json, gzip, br }: EncodedLayout): number {
  return json.length + gzip.length + br.length;
}
