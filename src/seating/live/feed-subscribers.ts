import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';

/** The subscribers of one live feed: to the event's seats, and to single bookings. */
export class FeedSubscribers<Message> {
  readonly #logger: Logger;
  readonly #eventId: number;
  readonly #seats = new Set<(message: Message) => void>();
  readonly #bookings = new Map<string, Set<() => void>>();

  constructor(logger: Logger, eventId: number) {
    this.#logger = logger;
    this.#eventId = eventId;
  }

  /** Returns a function that removes the subscriber. */
  add(subscriber: (message: Message) => void): () => void {
    this.#seats.add(subscriber);
    metrics.feedSubscribers.inc();
    return () => {
      if (this.#seats.delete(subscriber)) metrics.feedSubscribers.dec();
    };
  }

  /** Returns a function that removes the subscriber. */
  addToBooking(bookingId: string, subscriber: () => void): () => void {
    const subscribers = this.#bookings.get(bookingId) ?? new Set();
    this.#bookings.set(bookingId, subscribers.add(subscriber));
    return () => {
      const removed = subscribers.delete(subscriber);
      // A second call must not remove the set of later subscribers.
      if (removed && subscribers.size === 0) this.#bookings.delete(bookingId);
    };
  }

  notify(message: Message): void {
    this.#call(this.#seats, message);
  }

  notifyOfBooking(bookingId: string): void {
    this.#call(this.#bookings.get(bookingId), undefined);
  }

  notifyOfAllBookings(): void {
    for (const subscribers of this.#bookings.values()) this.#call(subscribers, undefined);
  }

  /** Calls every subscriber. One that throws affects neither the others nor the process. */
  #call<T>(subscribers: Iterable<(value: T) => void> = [], value: T): void {
    for (const subscriber of subscribers) {
      try {
        subscriber(value);
      } catch (error) {
        // guard: failing-subscriber-isolated
        this.#logger.error({ err: error, eventId: this.#eventId }, 'a subscriber of a live feed failed');
      }
    }
  }
}
