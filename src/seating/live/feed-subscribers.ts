import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { parseTraceparent, type TraceContext } from '../../platform/request-scope.ts';
import { isTracing } from '../../platform/observability/tracing.ts';
import type { SeatsChanged, SeatStatusCode } from '../../messaging/messages.ts';
import type { SeatChanges } from './feed-message.ts';

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

/** Maximum number of spans that a message is linked to. */
const TRACES_MAX = 32;

type AddedChange = Pick<SeatsChanged, 'seats' | 'version' | 'committedAtMs' | 'traceparent'>;

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
  /** The spans of the unsent changes, and of those in the last message, if they are traced. */
  #traces: TraceContext[] = [];
  sentTraces: readonly TraceContext[] = [];
  #tick: NodeJS.Timeout | undefined;
  #onFlushed: (() => void)[] = [];
  #stopped = false;

  constructor(tickMs: number, send: (changes: SeatChanges) => void) {
    this.#tickMs = tickMs;
    this.#send = send;
  }

  /** Adds the changes that lead to the message's version. Call `schedule` next. */
  add({ seats, version, committedAtMs, traceparent }: AddedChange): void {
    for (const [index, code] of seats) this.#unsent.set(index, code);
    this.#version = version;
    this.#oldestCommitMs ??= committedAtMs ?? null;
    this.#count++;
    if (traceparent !== undefined && isTracing()) this.#addTrace(traceparent);
  }

  #addTrace(traceparent: string): void {
    const trace = parseTraceparent(traceparent);
    // guard: traces-per-message
    if (trace !== null && this.#traces.length < TRACES_MAX) this.#traces.push(trace);
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
    this.sentTraces = this.#traces;
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
    this.sentTraces = [];
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
    if (this.#traces.length > 0) this.#traces = [];
  }

  #notifyFlushed(): void {
    for (const resolve of this.#onFlushed.splice(0)) resolve();
  }
}
