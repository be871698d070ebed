import { backoffMs } from './backoff.ts';
import { LiveSeats, type SeatChange } from './live-seats.ts';
import type { SeatCounts, SeatStatus } from './packed-seats.ts';
import { parseSeatUpdate } from './seat-update.ts';

export type { SeatChange, SeatCounts, SeatStatus };

/** `connecting` until the first message; `reconnecting`: the map is that of `version`, and may be old. */
export type SeatFeedState = 'connecting' | 'live' | 'reconnecting' | 'closed';

/** Where a subscription puts what it receives. */
export interface SeatFeedSink {
  /** `data.seatUpdates` of one message. */
  next(update: unknown): void;
  /** The subscription has failed, and ends. */
  error(error: unknown): void;
  /** The subscription has ended. */
  complete(): void;
}

/** How messages get here, with whatever client there is. */
export interface SeatFeedTransport {
  /** Starts `seatUpdates(eventId, afterVersion)`, and returns what ends it. Called anew after each failure, never twice at a time. */
  readonly subscribe: (afterVersion: number | null, sink: SeatFeedSink) => () => void;
  /** Ends the connection on which messages came, which may be dead by now: else `reconnect()` would subscribe on it again. */
  readonly abandon?: () => void;
}

export interface SeatFeedOptions extends SeatFeedTransport {
  /** From the layout or `venue.seatCount`; SeatStates does not tell. */
  readonly seatCount: number;
  /** A map that is there already, from `event.seatMap` or `GET /events/<id>/seat-map`. */
  readonly initial?: { readonly version: number; readonly states: string };
  /**
   * Whenever seats have changed: first all that are not AVAILABLE, of `initial` too, then what differs from what was told
   * before. Nothing is called before `createSeatFeed` has returned.
   */
  onChange?(change: SeatFeedChange): void;
  onState?(state: SeatFeedState): void;
  /** What made a subscription end, and what callbacks threw. The feed goes on; whoever knows better calls `close()`. */
  onError?(error: unknown): void;
  /** For tests: chance and time. */
  readonly environment?: Partial<SeatFeedEnvironment>;
}

export interface SeatFeedEnvironment {
  random(): number;
  nowMs(): number;
  /** Returns what cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

export interface SeatFeedChange {
  readonly version: number;
  readonly seats: readonly SeatChange[];
}

export interface SeatFeed {
  /** Null as long as there is no map. */
  readonly version: number | null;
  readonly state: SeatFeedState;
  /** The map as SeatStates. */
  readonly states: string;
  /** @throws {RangeError} for a seat that is none. */
  statusOf(index: number): SeatStatus;
  counts(): SeatCounts;
  /** Subscribes anew at once, on a new connection: for a page that has woken up, whose old one may be dead. */
  reconnect(): void;
  /** For good. Nothing is called after it. */
  close(): void;
}

/** Who has had a map for this long starts again with short waits when the connection breaks. */
const STEADY_MS = 10_000;

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
 * The live seat map of one event. Applies snapshots and changes, resumes with `afterVersion` when the connection was lost,
 * and asks for a snapshot where the changes do not continue. Nothing is queued: each message is applied as it comes.
 *
 * @throws {TypeError} where `seatCount` or `initial` cannot be.
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
  /** What came last did not continue the map: a snapshot is asked for until something does. */
  #lacksSnapshot = false;
  #liveSinceMs: number | null = null;
  /** Messages of a subscription that is over are not for this map any more. */
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
    if (version !== null) this.#tellChange(version, this.#seats.takenSeats());
    this.#subscribe();
  }

  #subscribe(): void {
    // A callback may have closed it, or subscribed already.
    if (this.#state === 'closed' || this.#current !== undefined) return; // guard: one-subscription-per-page
    const own = {};
    this.#current = own;
    const isCurrent = () => this.#current === own;
    const lost = (error: unknown) => {
      if (isCurrent()) this.#retry(error);
    };
    try {
      // guard: resume-from-version
      const unsubscribe = this.#options.subscribe(this.#lacksSnapshot ? null : this.version, {
        next: (update) => {
          if (isCurrent()) this.#take(update); // guard: left-subscription-ignored
        },
        error: lost,
        complete: () => lost(new Error('the server ended the subscription')),
      });
      // It may be over before it was begun.
      if (isCurrent()) this.#unsubscribe = unsubscribe;
      else this.#call(unsubscribe);
    } catch (error) {
      lost(error);
    }
  }

  #take(message: unknown): void {
    const update = parseSeatUpdate(message, this.#options.seatCount);
    const applied = update === null ? 'gap' : this.#seats.apply(update);
    this.#lacksSnapshot = applied === 'gap';
    if (update === null) return this.#retry(new TypeError('received an unexpected message'));
    if (applied === 'gap') return this.#retry(new RangeError('missed changes'));
    this.#liveSinceMs ??= this.#environment.nowMs();
    this.#setState('live');
    if (applied !== 'known') this.#tellChange(update.version, applied.seats);
  }

  #tellChange(version: number, seats: readonly SeatChange[]): void {
    if (seats.length === 0 || this.#state === 'closed') return;
    this.#call(() => this.#options.onChange?.({ version, seats }));
  }

  /** Also after a gap or nonsense it waits: a server that sends such things should not be asked all the time. */
  #retry(error: unknown): void {
    const since = this.#liveSinceMs;
    if (since !== null && this.#environment.nowMs() - since >= STEADY_MS) this.#failures = 0;
    this.#end();
    const delayMs = backoffMs(this.#failures++, () => this.#environment.random());
    this.#cancelRetry = this.#environment.after(delayMs, () => {
      this.#cancelRetry = undefined;
      this.#subscribe();
    });
    this.#setState(this.version === null ? 'connecting' : 'reconnecting');
    this.#tell(error);
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

  /** Other people's code: what it throws must not stop the feed. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    if (this.#state === 'closed') return;
    try {
      this.#options.onError?.(error);
    } catch {
      // Who is told of errors and throws is told no more.
    }
  }
}
