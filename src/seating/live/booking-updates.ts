import { classifyDbError } from '../../platform/database/db-errors.ts';
import { pause } from '../../platform/pause.ts';
import { Semaphore } from '../../platform/semaphore.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { Mailbox } from './mailbox.ts';

/**
 * Bookings that a process reads at once for those who follow them: half of the connections for reading. A map that is
 * read anew tells all followers of its event in the same moment, and what waits for a connection for 3 s fails.
 */
const READS_MAX = 4;
/** Of one state. Then the stream ends with the error, and whoever follows comes back with a backoff of its own. */
const TRIES_MAX = 6; // guard: booking-read-tries
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 2_000;

export interface BookingUpdatesContext {
  readonly feeds: LiveFeeds;
  readonly logger: Logger;
}

/** The booking, or an error to be thrown, after which nothing comes. */
export type BookingUpdate<T> = { readonly booking: T } | { readonly failure: unknown };

/** Bookings, followed live: one for a process, so that all who follow share what reading may take. */
export class BookingUpdates {
  readonly #ctx: BookingUpdatesContext;
  readonly #reads = new Semaphore(READS_MAX); // guard: concurrent-booking-reads

  constructor(ctx: BookingUpdatesContext) {
    this.#ctx = ctx;
  }

  /** What `read` gives, at once and then each time that the booking may have changed. At most one change waits. */
  async follow<T>(
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
        unfollow();
        release();
      },
    });
    const unfollow = feed.followBooking(bookingId, () => changes.push(true));
    changes.push(true);
    const updates: AsyncIterableIterator<BookingUpdate<T>> = {
      next: async () => {
        if ((await changes.next()).done === true) return ended;
        const value = await this.#readStubbornly(read, closing.signal);
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

  /** A change that could not be read would be lost: nothing tells of it again. Null once nobody follows any more. */
  async #readStubbornly<T>(read: () => Promise<T>, closing: AbortSignal): Promise<BookingUpdate<T> | null> {
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
        if (!isPassing(failure) || tries === TRIES_MAX) return { failure }; // guard: booking-read-retried
        this.#ctx.logger.debug(
          { err: failure, tries },
          'failed to read a booking for its subscriber; retrying',
        );
      }
      await pause(retryMs(tries), closing);
    }
  }
}

const ended = { done: true, value: undefined } as const;

function isPassing(error: unknown): boolean {
  return ['transient', 'connection', 'exhausted'].includes(classifyDbError(error));
}

function retryMs(tries: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** (tries - 1)) * (0.5 + 0.5 * Math.random());
}
