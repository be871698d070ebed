import type { SeatsChanged, SeatStatusCode } from '../../messaging/messages.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import type { SeatChanges } from './feed-message.ts';

/**
 * Collects changes and sends them together, once per tick. The latest status of a seat wins. The first change after a
 * quiet tick is sent immediately.
 */
export class ChangeCoalescer {
  readonly #tickMs: number;
  readonly #send: (changes: SeatChanges) => void;
  readonly #unsent = new Map<number, SeatStatusCode>();
  #version = 0;
  #sentVersion = 0;
  #lastSentAt = -Infinity;
  /** Changes that are unsent, and the time of the first one's COMMIT. */
  #count = 0;
  #oldestCommitMs: number | null = null;
  /** Time of the first COMMIT in the last message, on the clock of the database; null if unknown. */
  sentCommitMs: number | null = null;
  #tick: NodeJS.Timeout | undefined;
  #onFlushed: (() => void)[] = [];
  #stopped = false;

  constructor(tickMs: number, send: (changes: SeatChanges) => void) {
    this.#tickMs = tickMs;
    this.#send = send;
  }

  /** Adds the changes that lead to the message's version. Call `schedule` next. */
  add({ seats, version, committedAtMs }: Pick<SeatsChanged, 'seats' | 'version' | 'committedAtMs'>): void {
    for (const [index, code] of seats) this.#unsent.set(index, code);
    this.#version = version;
    this.#oldestCommitMs ??= committedAtMs ?? null;
    this.#count++;
  }

  /** Sends what was added, now or at the next tick. */
  schedule(): void {
    const wait = this.#lastSentAt + this.#tickMs - performance.now();
    // guard: changes-on-tick
    if (wait <= 0) this.flush();
    else this.#tick ??= setTimeout(() => this.flush(), wait);
  }

  flush(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    if (this.#sentVersion === this.#version) return;
    const [fromVersion, version] = [this.#sentVersion, this.#version];
    const seats = [...this.#unsent];
    this.#unsent.clear();
    this.#sentVersion = version;
    this.#lastSentAt = performance.now();
    metrics.feedChanges.inc(this.#count);
    metrics.feedMessages.inc();
    this.sentCommitMs = this.#oldestCommitMs;
    this.#forgetUnsent();
    this.#send({ kind: 'changes', fromVersion, version, seats });
    this.#notifyFlushed();
  }

  /** Resolves when nothing waits for the tick. */
  flushed(): Promise<void> {
    if (this.#sentVersion === this.#version || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => this.#onFlushed.push(resolve));
  }

  /** Drops what is unsent, because a snapshot of this version replaces it. */
  reset(version: number): void {
    this.#unsent.clear();
    this.#forgetUnsent();
    this.sentCommitMs = null;
    this.#version = this.#sentVersion = version;
    this.#notifyFlushed();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#tick);
    this.#notifyFlushed();
  }

  #forgetUnsent(): void {
    this.#count = 0;
    this.#oldestCommitMs = null;
  }

  #notifyFlushed(): void {
    for (const resolve of this.#onFlushed.splice(0)) resolve();
  }
}
