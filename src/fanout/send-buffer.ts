import type { Writable } from 'node:stream';
import { metrics, onScrape } from '../platform/observability/metrics.ts';

export interface OutletLimits {
  readonly bufferBytesMax: number;
  readonly stuckMs: number;
}

const open = new Set<Outlet>();

/** Returns the unsent bytes of all connections of this process, and those of the fullest one. */
export function unsentBytes(): { readonly total: number; readonly most: number } {
  let total = 0;
  let most = 0;
  for (const { unsent } of open) {
    total += unsent;
    most = Math.max(most, unsent);
  }
  return { total, most };
}

onScrape(() => {
  const { total, most } = unsentBytes();
  metrics.unsentBytes.set(total);
  metrics.unsentBytesMost.set(most);
});

/** A connection's way out, with a limit on what may wait there unsent. */
export class Outlet {
  readonly #stream: Writable;
  readonly #limits: OutletLimits;
  readonly #onStuck: () => void;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `onStuck`: what stands above the limit has not drained in time. */
  constructor(stream: Writable, limits: OutletLimits, onStuck: () => void) {
    this.#stream = stream;
    this.#limits = limits;
    this.#onStuck = onStuck;
    if (stream.destroyed) return;
    open.add(this);
    stream.once('close', () => {
      open.delete(this);
      clearTimeout(this.#timer);
      this.#waiting = [];
    });
  }

  get unsent(): number {
    return this.#stream.writableLength;
  }

  /** It was full, and has not drained since. */
  get clogged(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether so many bytes more can be written. While the stream asks for no pause, there is room. */
  hasRoom(bytes: number): boolean {
    if (this.clogged) return false; // guard: full-buffer-refuses
    const { writableNeedDrain, writableLength } = this.#stream;
    return !writableNeedDrain || writableLength + bytes <= this.#limits.bufferBytesMax; // guard: send-buffer-limit
  }

  /** Calls back when all has gone that waits; to be called where there is no room. */
  drained(then: () => void): void {
    if (this.#stream.destroyed) return;
    this.#waiting.push(then);
    if (this.clogged) return;
    this.#timer = setTimeout(() => {
      metrics.readersClosed.inc();
      this.#onStuck(); // guard: stuck-reader-reported
    }, this.#limits.stuckMs);
    this.#stream.once('drain', () => this.#drain());
  }

  #drain(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const then of waiting) then();
  }
}
