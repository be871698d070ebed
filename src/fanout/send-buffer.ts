import type { Writable } from 'node:stream';
import { metrics } from '../platform/observability/metrics.ts';
import { onScrape } from '../platform/observability/metrics/registry.ts';

export interface SendBufferLimits {
  readonly bufferBytesMax: number;
  readonly stuckMs: number;
}

const openBuffers = new Set<SendBuffer>();

/** Returns the unsent bytes of all connections of this process, and those of the slowest consumer. */
export function measureUnsentBytes(): { readonly total: number; readonly most: number } {
  let total = 0;
  let most = 0;
  for (const { unsentBytes } of openBuffers) {
    total += unsentBytes;
    most = Math.max(most, unsentBytes);
  }
  return { total, most };
}

onScrape(() => {
  const { total, most } = measureUnsentBytes();
  metrics.unsentBytes.set(total);
  metrics.unsentBytesMost.set(most);
});

/** The send buffer of a connection, with a limit on unsent bytes. */
export class SendBuffer {
  readonly #stream: Writable;
  readonly #limits: SendBufferLimits;
  readonly #onStuck: () => void;
  #drainCallbacks: (() => void)[] | undefined;
  #stuckTimer: NodeJS.Timeout | undefined;

  /** `onStuck` is called if the buffer was full and has not drained in time. */
  constructor(stream: Writable, limits: SendBufferLimits, onStuck: () => void) {
    this.#stream = stream;
    this.#limits = limits;
    this.#onStuck = onStuck;
    if (stream.destroyed) return;
    openBuffers.add(this);
    stream.on('close', () => {
      openBuffers.delete(this);
      clearTimeout(this.#stuckTimer);
      this.#drainCallbacks = undefined;
    });
  }

  get unsentBytes(): number {
    return this.#stream.writableLength;
  }

  /** Returns true if the consumer is slow: the buffer was full and has not drained completely since. */
  get isFull(): boolean {
    return this.#stuckTimer !== undefined;
  }

  /** Returns whether that many bytes can be written. A stream that does not need to drain takes any number. */
  hasRoom(bytes: number): boolean {
    if (this.isFull) return false; // guard: full-buffer-refuses
    const { writableNeedDrain, writableLength } = this.#stream;
    return !writableNeedDrain || writableLength + bytes <= this.#limits.bufferBytesMax; // guard: send-buffer-limit
  }

  /** Marks the buffer as full, and calls back when everything has been sent. Call it only if there is no room. */
  onDrain(then: () => void): void {
    if (this.#stream.destroyed) return;
    (this.#drainCallbacks ??= []).push(then);
    if (this.isFull) return;
    this.#stuckTimer = setTimeout(() => {
      metrics.slowConsumersClosed.inc();
      this.#onStuck(); // guard: stuck-consumer-reported
    }, this.#limits.stuckMs);
    this.#stream.once('drain', () => this.#drain());
  }

  #drain(): void {
    clearTimeout(this.#stuckTimer);
    this.#stuckTimer = undefined;
    const callbacks = this.#drainCallbacks ?? [];
    this.#drainCallbacks = undefined;
    for (const then of callbacks) then();
  }
}
