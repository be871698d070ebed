import { classifyDbError, getSqlState } from '../database/db-errors.ts';
import type { ReadOnlyCause } from './write-gate.ts';

/*
 * What this process sees of its own writes, and when that means that writes do not work. No I/O: batches and commands
 * report, the monitor asks.
 */

const signalLimits = {
  /** Age of a COMMIT. Without a standby that confirms it, it waits without end. */
  commitMsMax: 2_000,
  /** Time for which a batch waits for the database, locks aside. */
  stalledMsMax: 3_000,
  /**
   * Time in which no batch completes although commands wait, if connections fail. A failover takes that long, and commands
   * wait it out; later they would get BusyError.
   */
  unreachableMsMax: 5_000,
  /** Number of batches whose 95th percentile is watched. */
  batches: 20,
  /** Time for which the percentile must be too high. */
  slowMsMin: 5_000,
  /** Time without a batch after which earlier ones say nothing about the database any more. */
  quietMsMin: 2_000,
  /** Age up to which a response of the server shows that it works. */
  responseMsMax: 2_000,
} as const;

const DISK_FULL = '53100';

/** A reason to switch writes off. */
export interface Signal {
  readonly cause: ReadOnlyCause;
  /** Since when writes do not work, on the clock of the signals. */
  readonly sinceMs: number;
}

/** One batch, from its first attempt to connect to the end of its transaction. */
export interface BatchWatch {
  /** The batch waits for locks, which says nothing about the database. */
  locking(): void;
  locked(): void;
  /** The last statement before COMMIT has returned. */
  committing(): void;
  completed(): void;
  failed(error: unknown): void;
}

/** A port: what batches and commands report. */
export interface WriteObserver {
  watchBatch(): BatchWatch;
  commandSubmitted(): void;
  commandSettled(): void;
}

interface Batch {
  readonly startedMs: number;
  phase: 'working' | 'locking' | 'committing';
  phaseSinceMs: number;
}

export class WriteSignals implements WriteObserver {
  readonly #now: () => number;
  readonly #slowMs: number;
  readonly #batches = new Set<Batch>();
  /** Durations of the last batches. */
  readonly #durationsMs: number[] = [];
  #commands = 0;
  /** When a command began to wait, or a batch completed while others waited. */
  #waitingMs = 0;
  #slowSinceMs: number | null = null;
  /** When the last batch completed or failed. */
  #endedMs = -Infinity;
  #isDisconnected = false;
  /** What the last refused batch says. Probes find out whether it still holds. */
  #failure: Signal | null = null;
  #respondedMs = -Infinity;

  /** @param slowMs the 95th percentile of batch durations above which batches are too slow. */
  constructor(now: () => number, slowMs: number) {
    this.#now = now;
    this.#slowMs = slowMs;
  }

  watchBatch(): BatchWatch {
    const startedMs = this.#now();
    if (this.#isQuiet()) this.#forgetDurations(); // guard: slow-batches-age
    const batch: Batch = { startedMs, phase: 'working', phaseSinceMs: startedMs };
    this.#batches.add(batch);
    const enter = (phase: Batch['phase']) => Object.assign(batch, { phase, phaseSinceMs: this.#now() });
    return {
      locking: () => enter('locking'),
      locked: () => enter('working'),
      committing: () => enter('committing'),
      completed: () => this.#complete(batch),
      failed: (error) => this.#fail(batch, error),
    };
  }

  #complete(batch: Batch): void {
    const now = this.#now();
    if (!this.#batches.delete(batch)) return;
    this.#waitingMs = now;
    this.#endedMs = now;
    this.#isDisconnected = false;
    this.#durationsMs.push(now - batch.startedMs);
    if (this.#durationsMs.length > signalLimits.batches) this.#durationsMs.shift();
    const sorted = this.#durationsMs.toSorted((a, b) => a - b);
    const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
    const isSlow = sorted.length === signalLimits.batches && p95 > this.#slowMs; // guard: slow-batches
    this.#slowSinceMs = isSlow ? (this.#slowSinceMs ?? now) : null;
  }

  #fail(batch: Batch, error: unknown): void {
    if (!this.#batches.delete(batch)) return;
    this.#endedMs = this.#now(); // guard: failed-batch-is-no-pause
    const kind = classifyDbError(error);
    // A batch that was waiting for locks had reached the server. If it is gone, the next attempt shows it.
    this.#isDisconnected = kind === 'connection' && batch.phase !== 'locking'; // guard: terminated-is-no-outage
    if (kind === 'readOnly') this.#failure = { cause: 'SERVER_READ_ONLY', sinceMs: batch.startedMs };
    // guard: disk-full-signal
    if (kind === 'exhausted' && getSqlState(error) === DISK_FULL)
      this.#failure = { cause: 'DISK_FULL', sinceMs: batch.startedMs };
  }

  commandSubmitted(): void {
    if (this.#commands++ === 0) this.#waitingMs = this.#now();
  }

  commandSettled(): void {
    this.#commands--;
  }

  /** The server has answered a statement of another kind. */
  noteResponse(): void {
    this.#respondedMs = this.#now();
  }

  #isQuiet(): boolean {
    return this.#batches.size === 0 && this.#now() - this.#endedMs > signalLimits.quietMsMin;
  }

  #forgetDurations(): void {
    this.#durationsMs.length = 0;
    this.#slowSinceMs = null;
  }

  /** Forgets what was seen so far, when writes are switched off. Batches in flight are still watched. */
  reset(): void {
    this.#forgetDurations();
    this.#failure = null;
    this.#waitingMs = this.#now();
  }

  /**
   * Returns why writes do not work; null if they do, as far as this process knows. A failed batch is a signal once: if it was
   * in flight when writes were switched off, no later batch could take it back.
   */
  find(): Signal | null {
    const failure = this.#failure;
    this.#failure = null; // guard: failure-is-one-signal
    return failure ?? this.#findStall() ?? this.#findLostConnection() ?? this.#findSlowBatches();
  }

  #findStall(): Signal | null {
    const now = this.#now();
    const responds = now - this.#respondedMs <= signalLimits.responseMsMax;
    for (const { phase, phaseSinceMs: sinceMs } of this.#batches) {
      const waitedMs = now - sinceMs;
      // guard: stuck-commit-signal
      if (phase === 'committing' && waitedMs > signalLimits.commitMsMax)
        return { cause: 'COMMIT_STUCK', sinceMs };
      // One locked event must not stop the others. If the server does not even answer, it is no matter of locks.
      if (phase === 'locking' && responds) continue; // guard: locks-are-no-stall
      if (waitedMs > signalLimits.stalledMsMax) return { cause: 'STALLED', sinceMs }; // guard: stall-signal
    }
    return null;
  }

  #findLostConnection(): Signal | null {
    if (this.#commands === 0 || !this.#isDisconnected) return null;
    // guard: failover-waited-out
    if (this.#now() - this.#waitingMs <= signalLimits.unreachableMsMax) return null;
    return { cause: 'UNREACHABLE', sinceMs: this.#waitingMs };
  }

  #findSlowBatches(): Signal | null {
    const since = this.#slowSinceMs;
    if (since === null || this.#now() - since < signalLimits.slowMsMin) return null;
    if (this.#isQuiet()) return null; // guard: quiet-is-not-slow
    return { cause: 'SLOW', sinceMs: since };
  }
}
