import { getBackoffMs } from './backoff.ts';
import { LiveSeats, type SeatChange } from './live-seats.ts';
import type { SeatCounts, SeatStatus } from './packed-seats.ts';
import { parseSeatUpdate } from './seat-update.ts';

export type { SeatChange, SeatCounts, SeatStatus };

/** `connecting` before the first map. In `reconnecting`, the map is that of `version` and may be outdated. */
export type SeatFeedState = 'connecting' | 'live' | 'reconnecting' | 'closed';

/** Receiver of a subscription's messages. */
export interface SeatFeedSink {
  /** Takes `data.seatUpdates` of one message. */
  next(update: unknown): void;
  /** Reports that the subscription failed and ended. */
  error(error: unknown): void;
  /** Reports that the subscription ended. */
  complete(): void;
}

/** Connection between the feed and a GraphQL client. */
export interface SeatFeedTransport {
  /** Starts `seatUpdates(eventId, afterVersion)` and returns a function that ends it. Called again after each failure. */
  readonly subscribe: (afterVersion: number | null, sink: SeatFeedSink) => () => void;
  /** Ends the connection, which may be dead. Without it, `reconnect()` subscribes on the same connection again. */
  readonly abandon?: () => void;
}

export interface SeatFeedOptions extends SeatFeedTransport {
  /** Number of seats, from the layout or `venue.seatCount`. SeatStates does not contain it. */
  readonly seatCount: number;
  /** Map that is known already, from `event.seatMap` or `GET /events/<id>/seat-map`. */
  readonly initial?: { readonly version: number; readonly states: string };
  /**
   * Called when seats change: first with all seats that are not AVAILABLE, including those of `initial`, then with each
   * difference. No callback is called before `createSeatFeed` returns.
   */
  onChange?(change: SeatFeedChange): void;
  onState?(state: SeatFeedState): void;
  /** Called with the reason why a subscription ended, and with errors that callbacks threw. The feed continues. */
  onError?(error: unknown): void;
  /** Replaces randomness and time in tests. */
  readonly environment?: Partial<SeatFeedEnvironment>;
}

export interface SeatFeedEnvironment {
  random(): number;
  nowMs(): number;
  /** Schedules an action and returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

export interface SeatFeedChange {
  readonly version: number;
  readonly seats: readonly SeatChange[];
}

export interface SeatFeed {
  /** Version of the map; null before the first map. */
  readonly version: number | null;
  readonly state: SeatFeedState;
  /** The map as SeatStates. */
  readonly states: string;
  /** @throws {RangeError} if no seat has this index. */
  statusOf(index: number): SeatStatus;
  counts(): SeatCounts;
  /** Subscribes again immediately on a new connection. Call it when a page wakes up, because the old one may be dead. */
  reconnect(): void;
  /** Ends the feed. `onState('closed')` is the last callback. */
  close(): void;
}

/** Time live after which the backoff starts again with short delays. */
const STABLE_MS = 10_000;

declare const setTimeout: (action: () => void, delayMs: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

const realEnvironment: SeatFeedEnvironment = {
  random: () => Math.random(),
  nowMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Creates the live seat map of one event. Applies snapshots and changes, resumes with `afterVersion` after a lost connection,
 * and requests a snapshot if a change is missing. Each message is applied when it arrives; none is queued.
 *
 * @throws {TypeError} if `seatCount` or `initial` is invalid.
 */
export function createSeatFeed(options: SeatFeedOptions): SeatFeed {
  return new Feed(options);
}

class Feed implements SeatFeed {
  readonly #options: SeatFeedOptions;
  readonly #environment: SeatFeedEnvironment;
  readonly #seats: LiveSeats;
  #state: SeatFeedState = 'connecting';
  #failures = 0;
  /** True after a gap: subscriptions request a snapshot until a message applies. */
  #needsSnapshot = false;
  #liveSinceMs: number | null = null;
  /** Identity of the current subscription. Messages of earlier ones are ignored. */
  #current: object | undefined;
  #unsubscribe: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(options: SeatFeedOptions) {
    const { seatCount, initial } = options;
    if (!Number.isSafeInteger(seatCount) || seatCount < 1) throw new TypeError('seatCount must be positive');
    this.#options = options;
    this.#environment = { ...realEnvironment, ...options.environment };
    this.#seats = new LiveSeats(seatCount);
    if (initial !== undefined) {
      const update = parseSeatUpdate(initial, seatCount);
      if (update?.kind !== 'snapshot') throw new TypeError('initial is not a map of seatCount seats');
      this.#seats.apply(update);
    }
    void Promise.resolve().then(() => this.#start());
  }

  get version(): number | null {
    return this.#seats.version;
  }

  get state(): SeatFeedState {
    return this.#state;
  }

  get states(): string {
    return this.#seats.states;
  }

  statusOf(index: number): SeatStatus {
    return this.#seats.statusOf(index);
  }

  counts(): SeatCounts {
    return this.#seats.counts();
  }

  reconnect(): void {
    if (this.#state === 'closed') return;
    const wasLive = this.#state === 'live';
    this.#end();
    if (wasLive) this.#call(() => this.#options.abandon?.()); // guard: dead-connection-abandoned
    this.#setState(this.version === null ? 'connecting' : 'reconnecting');
    this.#subscribe();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.#setState('closed');
  }

  #start(): void {
    const { version } = this;
    if (version !== null) this.#notifyChange(version, this.#seats.takenSeats());
    this.#subscribe();
  }

  #subscribe(): void {
    // A callback may have closed the feed, or may have subscribed already.
    if (this.#state === 'closed' || this.#current !== undefined) return; // guard: one-subscription-per-page
    const own = {};
    this.#current = own;
    const isCurrent = () => this.#current === own;
    const lost = (error: unknown) => {
      if (isCurrent()) this.#retry(error);
    };
    try {
      // guard: resume-from-version
      const unsubscribe = this.#options.subscribe(this.#needsSnapshot ? null : this.version, {
        next: (update) => {
          if (isCurrent()) this.#apply(update); // guard: left-subscription-ignored
        },
        error: lost,
        complete: () => lost(new Error('the server ended the subscription')),
      });
      // The subscription may end before `subscribe` returns.
      if (isCurrent()) this.#unsubscribe = unsubscribe;
      else this.#call(unsubscribe);
    } catch (error) {
      lost(error);
    }
  }

  #apply(message: unknown): void {
    const update = parseSeatUpdate(message, this.#options.seatCount);
    const applied = update === null ? 'gap' : this.#seats.apply(update);
    this.#needsSnapshot = applied === 'gap';
    if (update === null) return this.#retry(new TypeError('received an unexpected message'));
    if (applied === 'gap') return this.#retry(new RangeError('missed changes'));
    this.#liveSinceMs ??= this.#environment.nowMs();
    this.#setState('live');
    if (applied !== 'known') this.#notifyChange(update.version, applied.seats);
  }

  #notifyChange(version: number, seats: readonly SeatChange[]): void {
    if (seats.length === 0 || this.#state === 'closed') return;
    this.#call(() => this.#options.onChange?.({ version, seats }));
  }

  /** Waits before the next attempt, even after a gap or an invalid message, to protect a server that keeps sending them. */
  #retry(error: unknown): void {
    const since = this.#liveSinceMs;
    if (since !== null && this.#environment.nowMs() - since >= STABLE_MS) this.#failures = 0;
    this.#end();
    const delayMs = getBackoffMs(this.#failures++, () => this.#environment.random());
    this.#cancelRetry = this.#environment.after(delayMs, () => {
      this.#cancelRetry = undefined;
      this.#subscribe();
    });
    this.#setState(this.version === null ? 'connecting' : 'reconnecting');
    this.#reportError(error);
  }

  #end(): void {
    const unsubscribe = this.#unsubscribe;
    this.#current = this.#unsubscribe = undefined;
    this.#liveSinceMs = null; // guard: connection-age-reset
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (unsubscribe !== undefined) this.#call(unsubscribe);
  }

  #setState(state: SeatFeedState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#call(() => this.#options.onState?.(state));
  }

  /** Runs the user's code. Its errors must not stop the feed. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#reportError(error);
    }
  }

  #reportError(error: unknown): void {
    if (this.#state === 'closed') return;
    try {
      this.#options.onError?.(error);
    } catch {
      // An error of the error callback can't be reported.
    }
  }
}
