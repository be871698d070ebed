import { classifyDbError } from '../../platform/database/db-errors.ts';
import { pause } from '../../platform/pause.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { Mailbox } from './mailbox.ts';

/**
 * Maximum number of concurrent reads of bookings in a process: half of the connections for reads. When a feed reloads its
 * map, it notifies all booking subscribers of the event at once, and a query that waits 3 s for a connection fails.
 */
const READS_MAX = 4;
/** Maximum number of attempts to read one state. Then the stream ends with the error, and the client retries. */
const TRIES_MAX = 6; // guard: booking-read-tries
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 2_000;

export interface BookingUpdatesContext {
  readonly feeds: LiveFeeds;
  readonly logger: Logger;
}

/** The booking, or the error that ends the stream. */
export type BookingUpdate<T> = { readonly booking: T } | { readonly failure: unknown };

/** Live updates of bookings. One instance per process, so that all subscribers share the limit on reads. */
export class BookingUpdates {
  readonly #ctx: BookingUpdatesContext;
  readonly #reads = new Semaphore(READS_MAX); // guard: concurrent-booking-reads

  constructor(ctx: BookingUpdatesContext) {
    this.#ctx = ctx;
  }

  /** Yields the result of `read` now, and whenever the booking may have changed. At most one change waits. */
  async subscribe<T>(
    eventId: number,
    bookingId: string,
    read: () => Promise<T>,
  ): Promise<AsyncIterableIterator<BookingUpdate<T>>> {
    const { feed, release } = await this.#ctx.feeds.acquire(eventId);
    const closing = new AbortController();
    const changes = new Mailbox<true>({
      limit: 1,
      overflow: () => true,
      onClose: () => {
        closing.abort();
        unsubscribe();
        release();
      },
    });
    const unsubscribe = feed.subscribeToBooking(bookingId, () => changes.push(true));
    changes.push(true);
    const updates: AsyncIterableIterator<BookingUpdate<T>> = {
      next: async () => {
        if ((await changes.next()).done === true) return ended;
        const value = await this.#readWithRetries(read, closing.signal);
        if (value === null) return ended;
        if ('failure' in value) await changes.return();
        return { done: false, value };
      },
      async return() {
        await changes.return();
        return ended;
      },
      [Symbol.asyncIterator]: () => updates,
    };
    return updates;
  }

  /**
   * Retries after a temporary error, because no further notification follows for this change. Returns null if the
   * subscriber has left.
   */
  async #readWithRetries<T>(read: () => Promise<T>, closing: AbortSignal): Promise<BookingUpdate<T> | null> {
    for (let tries = 1; ; tries++) {
      try {
        // guard: no-read-for-closed-subscriber
        const update = await this.#reads.run(async () =>
          closing.aborted ? null : { booking: await read() },
        );
        return closing.aborted ? null : update;
      } catch (failure) {
        if (closing.aborted) return null;
        // guard: lasting-error-not-retried
        if (!isTemporary(failure) || tries === TRIES_MAX) return { failure }; // guard: booking-read-retried
        this.#ctx.logger.debug(
          { err: failure, tries },
          'failed to read a booking for its subscriber; retrying',
        );
      }
      await pause(retryDelayMs(tries), closing);
    }
  }
}

const ended = { done: true, value: undefined } as const;

function isTemporary(error: unknown): boolean {
  return ['transient', 'connection', 'exhausted'].includes(classifyDbError(error));
}

function retryDelayMs(tries: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** (tries - 1)) * (0.5 + 0.5 * Math.random());
}
