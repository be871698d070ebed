import { Cache } from '../../platform/cache.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { expireTogether, type ExpiryContext } from './expire-batch.ts';
import { readEventsWithOverdueHolds, readOverdueHolds, type OverdueHold } from './overdue-holds.sql.ts';

/** Overdue holds that one batch writes down: an event's turn. */
const HOLDS_PER_TURN_MAX = 2_000;
/** Events that are swept at the same time. Together they are as many as the pool of batches has connections. */
const EVENTS_AT_ONCE_MAX = 6;
const FAILING_EVENTS_AT_ONCE_MAX = 2;
/** Short, so that an event that somebody keeps locked does not hold up the others: it then counts as failing. */
const LOCK_TIMEOUT_MS = 500;
/** After so many damaged holds in one turn the event counts as failing: perhaps all of it is damaged. */
const DAMAGED_PER_TURN_MAX = 16;
/** Damaged holds are tried again after this long. Each try is logged. */
const DAMAGED_RETRY_MS = 60_000;
const DAMAGED_MAX = 10_000;

/**
 * Writes down holds whose time has run out, in all events. Events take turns of 2,000 holds, several events at once:
 * neither a large event nor one that is locked or broken keeps the holds of the others from being swept. Events whose
 * last turn failed have slots of their own, and wait there for locks as long as the session allows.
 */
export class HoldSweeper {
  readonly #ctx: ExpiryContext;
  readonly #slots = new Semaphore(EVENTS_AT_ONCE_MAX);
  readonly #failingSlots = new Semaphore(FAILING_EVENTS_AT_ONCE_MAX);
  /** Events that are being swept or wait for their turn. */
  readonly #sweeping = new SingleFlight<number, void>();
  readonly #failing = new Set<number>();
  /** IDs of damaged holds that are not tried again yet. */
  readonly #damaged = new Cache<string, true>({ entriesMax: DAMAGED_MAX, ttlMs: DAMAGED_RETRY_MS });
  #expired = 0;
  #stopped = false;

  constructor(ctx: ExpiryContext) {
    this.#ctx = ctx;
  }

  /** How many holds were written down in all. */
  get expired(): number {
    return this.#expired;
  }

  /** Finds the events that have overdue holds and starts to sweep them. Does not wait for the end of it. */
  async look(): Promise<void> {
    const eventIds = await readEventsWithOverdueHolds(this.#ctx.db);
    this.#forget(new Set(eventIds));
    if (this.#stopped) return;
    // guard: independent-sweeps
    for (const eventId of eventIds) void this.#sweeping.run(eventId, () => this.#sweep(eventId));
  }

  /** Resolves when nothing is being swept. */
  async idle(): Promise<void> {
    await this.#sweeping.idle();
  }

  /** Begins no turn any more, and resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
  }

  /** Turn after turn until the event has no overdue hold that can be written down. Never rejects. */
  async #sweep(eventId: number): Promise<void> {
    const failing = this.#failing.has(eventId);
    const slots = failing ? this.#failingSlots : this.#slots; // guard: failing-sweep-slots
    const lockTimeoutMs = failing ? null : LOCK_TIMEOUT_MS;
    try {
      let last: OverdueHold | null = null;
      do last = await slots.run(() => this.#turn(eventId, last, lockTimeoutMs));
      while (last !== null);
      this.#failing.delete(eventId);
    } catch (error) {
      // The next look tries again. Only the first failure is for the log.
      this.#ctx.logger[failing ? 'debug' : 'error'](
        { err: error, eventId },
        'failed to expire holds; retrying',
      );
      this.#failing.add(eventId);
    }
  }

  /** Returns the last hold of the turn, behind which the next one continues; null if there are no more. */
  async #turn(eventId: number, after: OverdueHold | null, lockTimeoutMs: number | null) {
    if (this.#stopped) return null;
    const holds = await readOverdueHolds(this.#ctx.db, eventId, after, HOLDS_PER_TURN_MAX);
    const sound = holds.filter(({ id }) => !this.#damaged.has(id)).map(({ id }) => id);
    let damagedCount = 0;
    const damaged = (bookingId: string, error: unknown) => {
      this.#ctx.logger.error(
        { err: error, eventId, bookingId },
        'failed to expire a damaged hold; continuing with the others',
      );
      this.#damaged.set(bookingId, true); // guard: damaged-hold-skipped
      if (++damagedCount === DAMAGED_PER_TURN_MAX)
        throw new Error('too many holds are damaged', { cause: error });
    };
    const expired = await expireTogether(this.#ctx, { eventId, lockTimeoutMs, damaged }, sound);
    this.#expired += expired;
    metrics.holdsExpired.inc(expired);
    if (expired > 0) this.#ctx.logger.info({ eventId, expired }, 'holds expired');
    return holds.length === HOLDS_PER_TURN_MAX ? (holds.at(-1) ?? null) : null; // guard: sweep-past-damaged-holds
  }

  #forget(eventIds: ReadonlySet<number>): void {
    for (const eventId of this.#failing) if (!eventIds.has(eventId)) this.#failing.delete(eventId);
  }
}
