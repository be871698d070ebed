import type { Logger } from '../../platform/observability/logger.ts';
import type { TraceContext } from '../../platform/request-scope.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import type { SeatsChanged, SeatVersion } from '../../messaging/messages.ts';
import type { Subscriber, Subscription } from '../../messaging/subscriber.ts';
import type { PackedSeats } from '../../web/seat-feed/packed-seats.ts';
import { encodeSeats, maskSeats, type SeatMap } from '../map/seat-map.ts';
import { readCurrentSeatMap, type MapSource } from '../map/current-seat-map.ts';
import { readChanges } from '../map/seat-map.sql.ts';
import type { FeedMessage, SeatSnapshot } from './feed-message.ts';
import { FeedSubscribers, ChangeCoalescer } from './feed-subscribers.ts';
import {
  isBehind,
  isRepairing,
  nextFeedState,
  type FeedEvent,
  type FeedState,
  ReorderBuffer,
  GapTimer,
} from './live-feed-state.ts';

export interface FeedContext extends MapSource {
  readonly subscriber: Subscriber;
  readonly logger: Logger;
  readonly tickMs: number;
}

/** Maximum number of recorded versions that are read to close a gap. A longer gap is closed with a new map. */
const GAP_VERSIONS_MAX = 1_000;
/** Maximum number of steps in these versions. More would block the event loop longer than the map of 80,000 seats. */
const GAP_STEPS_MAX = 5_000;
/** Time that a new feed waits for Redis. After it, the feed starts without Redis and relies on polling. */
const SUBSCRIBE_WAIT_MS = 1_000;

/**
 * The live seat map of one event in this process. It receives changes from Redis in any order, applies them by version,
 * and repairs what is missing from PostgreSQL.
 *
 * `live-feed-state.ts` describes its states and events, and has the complete table.
 */
export class LiveFeed {
  readonly eventId: number;
  /** Highest version that may belong to a lost history, or -1. A client that holds such a version needs a snapshot. */
  ambiguousUpTo = -1;
  readonly #ctx: FeedContext;
  readonly #subscribers: FeedSubscribers<FeedMessage>;
  readonly #unsent: ChangeCoalescer;
  readonly #early = new ReorderBuffer();
  readonly #gapTimer = new GapTimer(
    () => this.#version,
    () => this.#handle('gapTimedOut', () => this.#closeGap()),
  );
  #state: FeedState = 'starting';
  #subscription: Subscription | undefined;
  #seats: PackedSeats | undefined;
  #version = 0;
  /** The batch that created the version. */
  #batchId = '';
  /** The encoded map, until it changes. */
  #encoded: string | undefined;

  constructor(ctx: FeedContext, eventId: number) {
    this.#ctx = ctx;
    this.eventId = eventId;
    this.#subscribers = new FeedSubscribers(ctx.logger, eventId);
    this.#unsent = new ChangeCoalescer(ctx.tickMs, (changes) => this.#subscribers.notify(changes));
  }

  /**
   * Subscribes first and reads the map then: whatever commits in between is newer than the map, and arrives. If this
   * rejects, stop the feed.
   */
  async start(): Promise<void> {
    const { subscriber, logger } = this.#ctx;
    this.#subscription = subscriber.subscribeSeatsChanged(this.eventId, (message) => this.apply(message));
    // guard: subscribe-before-read
    await withTimeout(this.#subscription.ready, SUBSCRIBE_WAIT_MS, 'subscribing').catch((error: unknown) =>
      logger.debug({ err: error, eventId: this.eventId }, 'a live feed starts without Redis'),
    );
    await this.#reload();
  }

  /** Stops the feed forever. It ignores later messages and leaves no timer. */
  stop(): void {
    this.#handle('closed');
    this.#early.clear();
    this.#subscription?.close();
    this.#unsent.stop(); // guard: stopped-feed-releases-waiters
  }

  get state(): FeedState {
    return this.#state;
  }

  get version(): number {
    return this.#version;
  }

  /** When the oldest COMMIT in the last message was, by the clock of the database; null if unknown. */
  get sentCommitMs(): number | null {
    return this.#unsent.sentCommitMs;
  }

  /** The spans of the changes in the last message, if they are traced. */
  get sentTraces(): readonly TraceContext[] {
    return this.#unsent.sentTraces;
  }

  get seatCount(): number {
    return this.#map().seatCount;
  }

  /** Waits for the tick. Call it before `snapshot`, so that new subscribers force no early messages on all others. */
  flushed(): Promise<void> {
    return this.#unsent.flushed();
  }

  /** Returns the current map. Sends unsent changes first, so that a subscriber added now continues from this map. */
  snapshot(): SeatSnapshot {
    this.#unsent.flush();
    return { kind: 'snapshot', version: this.#version, states: this.#encode() };
  }

  /** Returns the current map without sending anything, or null until the map has been read. */
  peek(): SeatMap | null {
    if (this.#seats === undefined) return null;
    return { version: this.#version, batchId: this.#batchId, states: this.#encode() };
  }

  /** Returns one byte per seat, 1 if it is AVAILABLE in the map. */
  getFreeSeats(): Uint8Array {
    return maskSeats(this.#map(), 0);
  }

  /**
   * The first message to the subscriber continues from the last message that was sent. To continue from a snapshot,
   * subscribe right after taking it. Returns a function that ends the subscription.
   */
  subscribe(subscriber: (message: FeedMessage) => void): () => void {
    return this.#subscribers.add(subscriber); // guard: no-early-flush-on-subscribe
  }

  /** Calls the subscriber whenever the booking may have changed. Returns a function that ends the subscription. */
  subscribeToBooking(bookingId: string, subscriber: () => void): () => void {
    return this.#subscribers.addToBooking(bookingId, subscriber);
  }

  /** Applies a change. Changes may arrive in any order and more than once. */
  apply(message: SeatsChanged): void {
    if (this.#state === 'closed' || message.eventId !== this.eventId) return; // guard: own-event-only
    if (this.#state === 'starting') return this.#early.add(message); // guard: change-during-read-kept
    if (message.version <= this.#version) return this.#checkHistory(message); // guard: known-message-checked
    // guard: change-continues-map
    if (message.previousBatchId !== this.#batchId) {
      this.#early.add(message);
      // guard: other-history-reread
      if (message.fromVersion === this.#version) this.#reloadHistory();
      else this.#handle('gapFound');
      return;
    }
    if (this.#advance(message)) this.#applyEarly();
    else this.#handle('gapFound');
  }

  /**
   * Compares the feed with the version in the database, and repairs the feed if it missed something. `versionBefore` is
   * the feed's version from before the query. A database that is behind it, or that has another batch for the same version,
   * has lost commits: the feed then reads the map again, even if its version is lower. Never pass a version from a replica
   * that lags.
   */
  checkVersion(found: SeatVersion, versionBefore: number): void {
    if (this.#state === 'starting' || this.#state === 'closed') return;
    // The message may be on its way: it can take longer than the query.
    // guard: poll-repairs
    if (found.version > this.#version) this.#handle('gapFound');
    else if (found.version < versionBefore) this.#reloadHistory();
    else this.#checkHistory(found);
  }

  /** Two batches with one version: one of them is lost, and only the database knows which. */
  #checkHistory({ version, batchId }: SeatVersion): void {
    if (version === this.#version && batchId !== this.#batchId) this.#reloadHistory();
  }

  #reloadHistory(): void {
    this.#handle('conflictFound', () => this.#reload(true));
  }

  /** Changes the state, starts or stops the gap timer, and runs `repair` if the event begins a repair. */
  #handle(event: FeedEvent, repair?: () => Promise<void>): void {
    const wasRepairing = isRepairing(this.#state);
    this.#state = nextFeedState(this.#state, event);
    if (isBehind(this.#state)) this.#gapTimer.start();
    else this.#gapTimer.stop();
    // guard: one-repair-at-a-time
    if (repair !== undefined && !wasRepairing && isRepairing(this.#state)) void this.#repair(repair);
  }

  async #repair(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (this.#state === 'closed') return;
      const about = { err: error, eventId: this.eventId };
      this.#ctx.logger.warn(about, 'failed to repair a live feed; the next poll retries');
    } finally {
      this.#handle('repairEnded');
    }
  }

  #map(): PackedSeats {
    if (this.#seats === undefined) throw new Error('the live feed has not started');
    return this.#seats;
  }

  #encode(): string {
    return (this.#encoded ??= encodeSeats(this.#map()));
  }

  #applyEarly(): void {
    let next = this.#early.getNext(this.#batchId);
    while (next !== undefined && this.#advance(next)) next = this.#early.getNext(this.#batchId);
    // An invalid change is dropped; the database has the correct one.
    if (next !== undefined) this.#early.delete(next);
    this.#early.deleteUpTo(this.#version);
    if (this.#early.isEmpty) this.#handle('caughtUp');
  }

  /**
   * Applies the next change. All or nothing: returns false and changes nothing if a seat is out of range, or if the version
   * jumps to a new epoch. Then the map is read again, so that every client gets a snapshot.
   */
  #advance(message: SeatsChanged): boolean {
    const map = this.#map();
    if (message.version !== this.#version + 1) return false; // guard: new-epoch-reread
    if (message.seats.some(([index]) => index >= map.seatCount)) return false; // guard: change-applied-whole
    for (const [index, code] of message.seats) map.set(index, code);
    this.#unsent.add(message);
    this.#version = message.version;
    this.#batchId = message.batchId;
    this.#encoded = undefined;
    for (const id of message.bookingIds) this.#subscribers.notifyOfBooking(id);
    this.#unsent.schedule();
    return true;
  }

  /** Applies the recorded changes if they continue the feed's version and are few. Otherwise reads the whole map. */
  async #closeGap(): Promise<void> {
    const own = { version: this.#version, batchId: this.#batchId };
    const { db } = this.#ctx;
    // guard: gap-steps-limit
    const changes = await readChanges(db, this.eventId, own.version, GAP_VERSIONS_MAX, GAP_STEPS_MAX);
    const [next] = changes;
    const isLost = next?.version === own.version + 1 && next.previousBatchId !== own.batchId;
    if (isLost) return this.#reload(true); // guard: gap-of-lost-history
    if (changes.length === 0 || changes.length === GAP_VERSIONS_MAX) return this.#reload();
    if (this.#state === 'closed') return;
    const missed = changes.filter((change) => change.version > this.#version);
    for (const change of missed)
      // guard: gap-in-record
      if (change.previousBatchId !== this.#batchId || !this.#advance(change)) return this.#reload();
    if (missed.length > 0) metrics.feedRepairs.inc({ from: 'changes' });
    this.#applyEarly();
  }

  /**
   * Reads the whole map and sends it to all subscribers. `evenIfOlder`: the feed's history may be lost, so its version does
   * not tell which map is newer.
   */
  async #reload(evenIfOlder = false): Promise<void> {
    const isFirst = this.#seats === undefined;
    // Buffered changes may be of the lost history. Those that arrive from now on may continue the map that is read.
    if (evenIfOlder) this.#early.clear();
    const map = await readCurrentSeatMap(this.#ctx, this.eventId, evenIfOlder);
    if (map === null) throw new Error(`event ${this.eventId} no longer exists`);
    // Messages that arrived during the read may have brought the feed to this version, or past it.
    // guard: known-map-not-resent
    const isKnown = evenIfOlder ? map.batchId === this.#batchId : map.version <= this.#version;
    if (!isFirst && (isKnown || this.#state === 'closed')) return;
    if (evenIfOlder) this.ambiguousUpTo = Math.max(this.ambiguousUpTo, this.#version, map.version);
    this.#seats = map.states;
    this.#version = map.version;
    this.#batchId = map.batchId;
    this.#encoded = undefined;
    this.#unsent.reset(map.version);
    if (isFirst) {
      this.#handle('loaded');
    } else {
      metrics.feedRepairs.inc({ from: 'map' });
      this.#subscribers.notify(this.snapshot());
      this.#subscribers.notifyOfAllBookings();
    }
    // Buffered changes come last, so that subscribers receive them as changes that continue the snapshot.
    this.#applyEarly();
  }
}
