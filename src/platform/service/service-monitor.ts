import type { PrismaClient } from '../database/db.ts';
import { ReadOnlyError } from '../errors.ts';
import { LatestValue } from '../latest-value.ts';
import { metrics } from '../observability/metrics.ts';
import type { Logger } from '../observability/logger.ts';
import { withTimeout } from '../with-timeout.ts';
import { readFreePercent, type DiskSettings } from './disk-space.ts';
import { endAbandonedOutage, recordOutage } from './outages.sql.ts';
import { addOutage, type Outage, type RecordedOutages } from './outages.ts';
import { RunningClock } from './running-clock.ts';
import { probeDisk, probeWrites, readService } from './service.sql.ts';
import {
  advance,
  gateLimits,
  getStayMinMs,
  type GateEvent,
  type GateLimits,
  type GateState,
  type ReadOnlyCause,
} from './write-gate.ts';
import { WriteSignals, type Signal, type WriteObserver } from './write-signals.ts';

export interface ServiceLimits extends GateLimits {
  /** Interval at which the signals of this process are looked at. */
  readonly tickMs: number;
  /** Interval of reading the service's state, and of probes. */
  readonly everyMs: number;
}

const defaultLimits: ServiceLimits = { ...gateLimits, tickMs: 250, everyMs: 1_000 };
/** Maximum time of one reading or probe. */
const ANSWER_MS_MAX = 3_000;
/** The time that clients are told to wait while an operator has switched writes off. */
const FORCED_RETRY_SECONDS = 30;
/** Minimum time that clients are told to wait. */
const RETRY_SECONDS_MIN = 3;
/** Percentage points above the limit at which a disk counts as free again. */
const DISK_HYSTERESIS_PERCENT = 1;

/** The state of the service, as this process sees it and clients may see it. */
export interface ServiceState {
  readonly mode: 'NORMAL' | 'READ_ONLY';
  readonly since: Date;
  /** Why writes are off, for people; null while they are on. */
  readonly reason: string | null;
}

/** A port: whether this process writes. */
export interface Writes extends WriteObserver {
  readonly areOn: boolean;
  /** Returns the error of refused writes. */
  refusal(): ReadOnlyError;
}

export interface ServiceMonitorOptions {
  /** For the state of the service. */
  readonly reads: PrismaClient;
  /** For probes: the pool whose writes they stand for. */
  readonly probes: PrismaClient;
  /** Null: the disk of the database is not watched. */
  readonly disk: DiskSettings | null;
  readonly slowBatchMs: number;
  /** Maximum time of one outage that is added to the deadlines of holds. */
  readonly outageCreditMsMax: number;
  /** The database's clock. */
  readonly nowMs: () => number;
  readonly limits?: Partial<ServiceLimits> | undefined;
  readonly logger: Logger;
}

const reasons: Readonly<Record<ReadOnlyCause, string>> = {
  COMMIT_STUCK: 'The database does not confirm changes.',
  STALLED: 'The database does not respond to writes.',
  UNREACHABLE: 'The database is unreachable.',
  SLOW: 'The database is overloaded.',
  SERVER_READ_ONLY: 'The database accepts no changes.',
  DISK_FULL: 'The disk of the database is nearly full.',
  RELEASED: 'Writes are about to be switched on.',
};

/**
 * Switches writes off while they do not work, or when an operator orders it; write-gate.ts has the rules. Each process
 * decides for itself.
 */
export class ServiceMonitor implements Writes {
  /** What `Query.service` and `serviceUpdates` show. */
  readonly latest: LatestValue<ServiceState>;
  readonly #options: ServiceMonitorOptions;
  readonly #limits: ServiceLimits;
  readonly #clock: RunningClock;
  readonly #signals: WriteSignals;
  #state: GateState;
  /** Conditions that the last reading found; they hold until the next one. */
  #reading: readonly ReadOnlyCause[] = [];
  #isDiskFull = false;
  /** Set by the first of several readings that failed, which is logged. */
  #isDiskUnreadable = false;
  #recordedOutages: RecordedOutages = { outages: [], probedAtMs: -Infinity };
  /** Since when writes have not worked, on the clock of `performance.now()`. */
  #offSince = 0;
  #timers: NodeJS.Timeout[] = [];
  #isReading = false;
  #isProbing = false;

  constructor(options: ServiceMonitorOptions) {
    this.#options = options;
    // Has as many statements as a batch, and must be faster than the batches that switch writes off. A process with a long way
    // to the database would never come back with less.
    this.#limits = { ...defaultLimits, goodProbeMsMax: options.slowBatchMs / 2, ...options.limits };
    this.#clock = new RunningClock(2 * this.#limits.tickMs);
    this.#signals = new WriteSignals(() => this.#clock.now(), options.slowBatchMs);
    this.#state = { kind: 'OPEN', sinceMs: this.#clock.now() };
    this.latest = new LatestValue<ServiceState>({ mode: 'NORMAL', since: new Date(), reason: null });
  }

  /** Resolves after the first reading, whether it succeeded or not. */
  async start(): Promise<void> {
    await this.#read();
    this.#timers = [
      setInterval(() => this.#tick(), this.#limits.tickMs).unref(),
      setInterval(() => void this.#read(), this.#limits.everyMs).unref(),
      setInterval(() => void this.#probe(), this.#limits.everyMs).unref(),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  get areOn(): boolean {
    return this.#state.kind === 'OPEN';
  }

  refusal(): ReadOnlyError {
    if (this.#state.kind === 'FORCED') return new ReadOnlyError(FORCED_RETRY_SECONDS);
    const stayMs = this.#state.sinceMs + getStayMinMs(this.#state, this.#limits) - this.#clock.now();
    return new ReadOnlyError(Math.max(RETRY_SECONDS_MIN, Math.ceil(stayMs / 1_000)));
  }

  /** What the database has of outages, up to a second old. */
  get recordedOutages(): RecordedOutages {
    return this.#recordedOutages;
  }

  /**
   * The recorded outages with the current one, as this process sees it. The database may not have it yet, and never has it if
   * this process ends before it has recorded it.
   */
  get presumedOutages(): readonly Outage[] {
    const { outages } = this.#recordedOutages;
    if (this.#state.kind === 'OPEN') return outages;
    const startedAtMs = this.#options.nowMs() - (performance.now() - this.#offSince);
    const creditedUntilMs = startedAtMs + this.#options.outageCreditMsMax;
    return addOutage(outages, { startedAtMs, endedAtMs: null, creditedUntilMs });
  }

  watchBatch() {
    return this.#signals.watchBatch();
  }

  commandSubmitted(): void {
    this.#signals.commandSubmitted();
  }

  commandSettled(): void {
    this.#signals.commandSettled();
  }

  #tick(): void {
    this.#clock.now();
    const signal = this.#findSignal();
    if (signal !== null)
      this.#advance({ kind: 'signal', cause: signal.cause }, this.#clock.now() - signal.sinceMs);
  }

  #findSignal(): Signal | null {
    const [cause] = this.#reading;
    return cause === undefined ? this.#signals.find() : { cause, sinceMs: this.#clock.now() };
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await this.#readDisk();
      const reading = readService(this.#options.reads);
      const found = await withTimeout(reading, ANSWER_MS_MAX, 'the state of the service');
      const { order, isReadOnly, hasStuckCommit, recorded, hasAbandonedOutage } = found;
      this.#signals.noteResponse();
      this.#recordedOutages = recorded;
      this.#reading = [
        ...(isReadOnly ? (['SERVER_READ_ONLY'] as const) : []), // guard: read-only-server-signal
        ...(hasStuckCommit ? (['COMMIT_STUCK'] as const) : []), // guard: others-stuck-commit
        ...(this.#isDiskFull ? (['DISK_FULL'] as const) : []), // guard: full-disk-signal
      ];
      this.#advance({ kind: 'order', order });
      if (hasAbandonedOutage && this.areOn) await this.#endAbandonedOutage();
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'failed to read the state of the service');
    } finally {
      this.#isReading = false;
    }
    this.#tick();
  }

  async #readDisk(): Promise<void> {
    const { disk, logger } = this.#options;
    if (disk === null) return;
    try {
      const free = await withTimeout(readFreePercent(disk.path), ANSWER_MS_MAX, 'the free space of the disk');
      this.#isDiskUnreadable = false;
      const limit = disk.freePercentMin + (this.#isDiskFull ? DISK_HYSTERESIS_PERCENT : 0);
      this.#isDiskFull = free < limit;
    } catch (error) {
      if (!this.#isDiskUnreadable)
        logger.warn({ err: error, path: disk.path }, 'failed to read the free space of DATABASE_DISK_PATH');
      this.#isDiskUnreadable = true;
    }
  }

  /** Commits one probe a second while writes are off, unless an operator has switched them off. */
  async #probe(): Promise<void> {
    if (this.#state.kind !== 'READ_ONLY' || this.#isProbing) return;
    this.#isProbing = true;
    let startedAt = performance.now();
    try {
      // A change of one row fits on a disk that is full for bookings. Before the row is locked: all processes wait for it.
      // guard: disk-probed
      if (this.#state.cause === 'DISK_FULL')
        await withTimeout(probeDisk(this.#options.reads), ANSWER_MS_MAX, 'a probe of the disk');
      startedAt = performance.now();
      const probing = this.#options.probes.$transaction(async (tx) => {
        await probeWrites(tx);
        // Committed before this process sends a batch, which then finds it.
        // guard: outage-recorded
        return recordOutage(tx, {
          sinceMs: performance.now() - this.#offSince,
          creditMsMax: this.#options.outageCreditMsMax,
          isOver: this.#opensNext(),
        });
      });
      this.#recordedOutages = await withTimeout(probing, ANSWER_MS_MAX, 'a probe', {
        logger: this.#options.logger,
      });
      this.#advance({ kind: 'probe', durationMs: performance.now() - startedAt });
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'a probe failed');
      this.#advance({ kind: 'probe', durationMs: null });
    } finally {
      this.#isProbing = false;
    }
  }

  /** Returns whether a good probe opens the gate. It also ends the outage; a bad one is followed by one that does not. */
  #opensNext(): boolean {
    const good = { kind: 'probe', durationMs: 0 } as const;
    return advance(this.#state, good, this.#clock.now(), this.#limits).kind === 'OPEN'; // guard: outage-ends-with-gate
  }

  async #endAbandonedOutage(): Promise<void> {
    const isEnded = await endAbandonedOutage(this.#options.reads);
    if (isEnded) this.#options.logger.warn('ended an outage that no process had ended');
  }

  #advance(event: GateEvent, offForMs = 0): void {
    const before = this.#state;
    this.#state = advance(before, event, this.#clock.now(), this.#limits);
    // In FORCED, a new state has a new reason.
    const isNews = before.kind !== this.#state.kind || (before.kind === 'FORCED' && before !== this.#state); // guard: new-reason-shown
    if (!isNews) return;
    if (before.kind === 'OPEN') this.#offSince = performance.now() - offForMs;
    this.#report(before);
  }

  #report(before: GateState): void {
    const state = this.#state;
    const { logger } = this.#options;
    metrics.readOnly.set(state.kind === 'OPEN' ? 0 : 1);
    if (state.kind === 'OPEN') {
      const seconds = Math.round((state.sinceMs - before.sinceMs) / 100) / 10;
      this.latest.set({ mode: 'NORMAL', since: new Date(), reason: null });
      logger.warn({ seconds }, 'writes are on again');
      return;
    }
    this.#signals.reset();
    const reason = state.kind === 'FORCED' ? (state.reason ?? 'Maintenance.') : reasons[state.cause];
    const since = before.kind === 'OPEN' ? new Date() : this.latest.current.since;
    this.latest.set({ mode: 'READ_ONLY', since, reason });
    const cause = state.kind === 'FORCED' ? 'FORCED' : state.cause;
    if (before.kind === 'OPEN') metrics.readOnlyEntered.inc({ cause });
    logger.warn({ cause, reason }, 'writes are off: the service is read-only');
  }
}
