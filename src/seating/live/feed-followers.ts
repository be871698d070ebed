import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';

/** The followers of one live feed: of the event's seats, and of single bookings. */
export class FeedFollowers<Message> {
  readonly #logger: Logger;
  readonly #eventId: number;
  readonly #seats = new Set<(message: Message) => void>();
  readonly #bookings = new Map<string, Set<() => void>>();

  constructor(logger: Logger, eventId: number) {
    this.#logger = logger;
    this.#eventId = eventId;
  }

  /** Returns a function that removes the follower. */
  add(follower: (message: Message) => void): () => void {
    this.#seats.add(follower);
    metrics.feedFollowers.inc();
    return () => {
      if (this.#seats.delete(follower)) metrics.feedFollowers.dec();
    };
  }

  addToBooking(bookingId: string, follower: () => void): () => void {
    const followers = this.#bookings.get(bookingId) ?? new Set();
    this.#bookings.set(bookingId, followers.add(follower));
    return () => {
      const left = followers.delete(follower);
      // Not a second time: others may follow the booking by then.
      if (left && followers.size === 0) this.#bookings.delete(bookingId);
    };
  }

  notify(message: Message): void {
    this.#call(this.#seats, message);
  }

  notifyOfBooking(bookingId: string): void {
    this.#call(this.#bookings.get(bookingId), undefined);
  }

  notifyOfAllBookings(): void {
    for (const followers of this.#bookings.values()) this.#call(followers, undefined);
  }

  /** A follower that throws harms no other follower, and does not end the process. */
  #call<T>(followers: Iterable<(value: T) => void> = [], value: T): void {
    for (const follower of followers) {
      try {
        follower(value);
      } catch (error) {
        // guard: failing-subscriber-isolated
        this.#logger.error({ err: error, eventId: this.#eventId }, 'a subscriber of a live feed failed');
      }
    }
  }
}
