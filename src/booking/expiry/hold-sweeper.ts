import { Cache } from '../../platform/cache.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import { expireTogether, type ExpiryContext } from './expire-batch.ts';
import { readEventsWithOverdueHolds, readOverdueHolds, type OverdueHold } from './overdue-holds.sql.ts';

/** Maximum number of overdue holds in one batch: an event's turn. A buyer may wait for the commit of a batch. */
const HOLDS_PER_TURN_MAX = 1_000;
/**
 * Turns of one event at the same time, so that neither this process nor PostgreSQL waits for the other. They have disjoint
 * holds, and queue only for the event's row, which a batch locks last. A failing event takes one turn after the other.
 */
const TURNS_AT_ONCE_MAX = 2;
/** Events that are swept at the same time. Both slots together equal the size of the connection pool for batches. */
const EVENTS_AT_ONCE_MAX = 6;
const FAILING_EVENTS_AT_ONCE_MAX = 2;
/** Short, so that a locked event does not delay the others. It counts as failing then. */
const LOCK_TIMEOUT_MS = 500;
/** Maximum number of corrupt holds in one turn. Beyond it, the whole event counts as failing. */
const CORRUPT_PER_TURN_MAX = 16;
/** Time after which a corrupt hold is tried again. Each attempt is logged. */
const CORRUPT_RETRY_MS = 60_000;
const CORRUPT_MAX = 10_000;

interface Turns {
  readonly slots: Semaphore;
  readonly turnsAtOnce: number;
  /** Null for the session's own. */
  readonly lockTimeoutMs: number | null;
}

/** Expires all holds that are overdue now. Returns their number. */
export async function expireHolds(ctx: ExpiryContext): Promise<number> {
  const sweeper = new HoldSweeper(ctx);
  await sweeper.scan();
  await sweeper.idle();
  return sweeper.expired;
}

/**
 * Expires overdue holds of all events. Events take turns of 1,000 holds, several events at once, so that neither a large
 * event nor a locked or broken one delays the others. Events whose last turn failed have their own slots, and wait there
 * for locks as long as the session allows.
 */
export class HoldSweeper {
  readonly #ctx: ExpiryContext;
  readonly #slots = new Semaphore(EVENTS_AT_ONCE_MAX);
  readonly #failingSlots = new Semaphore(FAILING_EVENTS_AT_ONCE_MAX);
  /** Events that are being swept or wait for a slot. */
  readonly #sweeping = new SingleFlight<number, void>();
  readonly #failing = new Set<number>();
  /** Corrupt holds that are not retried yet. */
  readonly #corrupt = new Cache<string, true>({ entriesMax: CORRUPT_MAX, ttlMs: CORRUPT_RETRY_MS });
  #expired = 0;
  #stopped = false;

  constructor(ctx: ExpiryContext) {
    this.#ctx = ctx;
  }

  /** Total number of expired holds. */
  get expired(): number {
    return this.#expired;
  }

  /** Finds the events with overdue holds and starts to sweep them. Does not wait for the sweeps. */
  async scan(): Promise<void> {
    const eventIds = await readEventsWithOverdueHolds(this.#ctx.db);
    this.#forget(new Set(eventIds));
    if (this.#stopped) return;
    // guard: independent-sweeps
    for (const eventId of eventIds) void this.#sweeping.run(eventId, () => this.#sweep(eventId));
  }

  /** Resolves when no sweep is in flight. */
  async idle(): Promise<void> {
    await this.#sweeping.idle();
  }

  /** Starts no further turns, and resolves when those in flight have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
  }

  /** Takes turns until the event has no overdue hold that can be expired. Never rejects. */
  async #sweep(eventId: number): Promise<void> {
    const failing = this.#failing.has(eventId);
    const slots = failing ? this.#failingSlots : this.#slots; // guard: failing-sweep-slots
    const lockTimeoutMs = failing ? null : LOCK_TIMEOUT_MS;
    const turnsAtOnce = failing ? 1 : TURNS_AT_ONCE_MAX; // guard: failing-sweep-one-turn
    try {
      await this.#takeTurns(eventId, { slots, turnsAtOnce, lockTimeoutMs });
      this.#failing.delete(eventId);
    } catch (error) {
      // The next scan retries. Only the first failure is an error in the log.
      this.#ctx.logger[failing ? 'debug' : 'error'](
        { err: error, eventId },
        'failed to expire holds; retrying',
      );
      this.#failing.add(eventId);
    }
  }

  /** Rejects if a turn has failed, when all turns have ended. */
  async #takeTurns(eventId: number, { slots, turnsAtOnce, lockTimeoutMs }: Turns): Promise<void> {
    const failures: unknown[] = [];
    const running: Promise<void>[] = [];
    const readPage = async (from: OverdueHold | null): Promise<readonly OverdueHold[]> => {
      try {
        return await slots.run(() => this.#readPage(eventId, from));
      } catch (error) {
        failures.push(error);
        return [];
      }
    };
    let after: OverdueHold | null = null;
    do {
      const holds: readonly OverdueHold[] = await readPage(after);
      const turn = slots.run(() => this.#expire(eventId, holds, lockTimeoutMs));
      running.push(turn.catch((error: unknown) => void failures.push(error)));
      // A full page may have a successor.
      after = holds.length === HOLDS_PER_TURN_MAX ? (holds.at(-1) ?? null) : null; // guard: sweep-past-corrupt-holds
      if (running.length === turnsAtOnce) await running.shift();
    } while (after !== null && failures.length === 0);
    await Promise.all(running); // guard: sweep-waits-for-turns
    if (failures.length > 1) throw new AggregateError(failures, 'several turns have failed');
    if (failures.length > 0) throw failures[0];
  }

  async #readPage(eventId: number, after: OverdueHold | null): Promise<readonly OverdueHold[]> {
    if (this.#stopped || this.#ctx.writes?.areOn === false) return []; // guard: no-sweep-while-read-only
    return readOverdueHolds(this.#ctx.db, eventId, after, HOLDS_PER_TURN_MAX);
  }

  async #expire(eventId: number, holds: readonly OverdueHold[], lockTimeoutMs: number | null): Promise<void> {
    const sound = holds.filter(({ id }) => !this.#corrupt.has(id)).map(({ id }) => id);
    let corruptCount = 0;
    const onCorrupt = (bookingId: string, error: unknown) => {
      this.#ctx.logger.error(
        { err: error, eventId, bookingId },
        'failed to expire a corrupt hold; continuing with the others',
      );
      this.#corrupt.set(bookingId, true); // guard: corrupt-hold-skipped
      if (++corruptCount === CORRUPT_PER_TURN_MAX)
        throw new Error('too many holds are corrupt', { cause: error });
    };
    const expired = await expireTogether(this.#ctx, { eventId, lockTimeoutMs, onCorrupt }, sound);
    this.#expired += expired;
    if (expired > 0) this.#ctx.logger.info({ eventId, expired }, 'holds expired');
  }

  #forget(eventIds: ReadonlySet<number>): void {
    for (const eventId of this.#failing) if (!eventIds.has(eventId)) this.#failing.delete(eventId);
  }
}
