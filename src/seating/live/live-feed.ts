import type { Logger } from '../../platform/observability/logger.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { withTimeout } from '../../platform/with-timeout.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import type { SeatsChanged, SeatStatusCode, SeatVersion } from '../../messaging/messages.ts';
import type { Subscriber, Subscription } from '../../messaging/subscriber.ts';
import { EarlyChanges } from './early-changes.ts';
import { FeedFollowers } from './feed-followers.ts';
import { GapTimer } from './gap-timer.ts';
import type { SeatMap } from '../map/seat-map-cache.ts';
import { readChanges, readSeatMap } from '../map/seat-map.sql.ts';
import type { SeatStates } from '../map/seat-states.ts';

/** What followers of an event get: numbered changes, or, where the feed could not continue, the whole map. */
export type FeedMessage =
  | { readonly kind: 'snapshot'; readonly version: number; readonly states: string }
  | {
      readonly kind: 'changes';
      readonly fromVersion: number;
      readonly version: number;
      readonly seats: readonly (readonly [number, SeatStatusCode])[];
    };

export interface FeedContext {
  readonly db: PrismaClient;
  readonly subscriber: Subscriber;
  readonly logger: Logger;
  readonly tickMs: number;
}

/** Maximum number of recorded versions that are read to close a gap. A longer gap is closed with a new map. */
const GAP_MAX = 1_000;
/** So is one of more steps: as a list they would keep the event loop for longer than the map of 80,000 seats does. */
const GAP_STEPS_MAX = 5_000;
/** How long a new feed waits for Redis before it goes on without: polling keeps it right meanwhile. */
const SUBSCRIBE_WAIT_MS = 1_000;

/**
 * The live seat map of one event in this process: fed from Redis, put in order by version, repaired from PostgreSQL.
 * Changes coalesce on a tick (the latest state of a seat wins); the first change after quiet goes out at once.
 */
export class LiveFeed {
  readonly eventId: number;
  /**
   * Versions up to this one may have been of a history that the database has lost: a client that holds one of them
   * cannot be told what changed since. -1 if no loss was noticed.
   */
  ambiguousUpTo = -1;
  readonly #ctx: FeedContext;
  readonly #followers: FeedFollowers<FeedMessage>;
  readonly #early = new EarlyChanges();
  readonly #unsent = new Map<number, SeatStatusCode>();
  #subscription: Subscription | undefined;
  #states: SeatStates | undefined;
  #version = 0;
  /** The batch that made the version. */
  #batchId = '';
  #sentVersion = 0;
  #lastSentAt = -Infinity;
  #tick: NodeJS.Timeout | undefined;
  #repair: Promise<void> | undefined;
  /** Who waits for the tick. */
  #onSent: (() => void)[] = [];
  /** The map as SeatStates, until it changes. */
  #packed: string | undefined;
  #stopped = false;
  readonly #gap = new GapTimer(
    () => this.#version,
    () => this.#catchUp(),
  );

  constructor(ctx: FeedContext, eventId: number) {
    this.#ctx = ctx;
    this.eventId = eventId;
    this.#followers = new FeedFollowers(ctx.logger, eventId);
  }

  /** Listens first, reads the map then: what is committed between the two is newer than the map, and arrives. */
  async start(): Promise<void> {
    const take = (message: SeatsChanged) => this.take(message);
    this.#subscription = this.#ctx.subscriber.subscribeSeatsChanged(this.eventId, take);
    await withTimeout(this.#subscription.ready, SUBSCRIBE_WAIT_MS, 'subscribing').catch(() => undefined); // guard: subscribe-before-read
    await this.#reload();
  }

  /** For good: what comes after it is not heard, and no timer is left. */
  stop(): void {
    this.#stopped = true;
    this.#early.clear();
    this.#subscription?.close();
    clearTimeout(this.#tick);
    this.#gap.stop();
    this.#allSent(); // guard: stopped-feed-releases-waiters
  }

  get version(): number {
    return this.#version;
  }

  get seatCount(): number {
    return this.#map().seatCount;
  }

  /**
   * Waits for the tick, so that a new subscriber does not force an early flush on everyone else: otherwise clients that
   * come and go would set the pace for all others.
   */
  sent(): Promise<void> {
    if (this.#sentVersion === this.#version || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => this.#onSent.push(resolve));
  }

  /** The map as of now. Sends what is waiting first, so that a follower added now continues exactly from here. */
  snapshot(): FeedMessage & { kind: 'snapshot' } {
    this.#send();
    return { kind: 'snapshot', version: this.#version, states: this.#pack() };
  }

  /** The map as of now; what waits for the tick goes on waiting. Null until it has been read. */
  peek(): SeatMap | null {
    if (this.#states === undefined) return null;
    return { version: this.#version, batchId: this.#batchId, states: this.#pack() };
  }

  /** One byte a seat, 1 where it is AVAILABLE in the map. */
  freeMask(): Uint8Array {
    return this.#map().maskOf(0);
  }

  /** Its first message continues the latest one. To continue a snapshot, follow right after it. */
  follow(follower: (message: FeedMessage) => void): () => void {
    return this.#followers.add(follower); // guard: no-early-flush-on-follow
  }

  followBooking(bookingId: string, follower: () => void): () => void {
    return this.#followers.addToBooking(bookingId, follower);
  }

  /** A change, in whatever order and however often it comes. */
  take(message: SeatsChanged): void {
    if (this.#stopped || message.eventId !== this.eventId) return; // guard: own-event-only
    // Until the map is read nothing can be applied; what is newer than the map is applied when it is there.
    if (this.#states === undefined) return this.#early.keep(message); // guard: change-during-read-kept
    if (message.version <= this.#version) return this.#checkHistory(message); // guard: known-message-checked
    // guard: change-continues-map
    if (message.previousBatchId !== this.#batchId) {
      this.#early.keep(message);
      if (message.fromVersion === this.#version) this.#reread();
      else this.#gap.start(); // guard: other-history-reread
      return;
    }
    if (this.#apply(message)) this.#applyEarly();
    else this.#gap.start();
  }

  /**
   * Repairs what the feed missed of the database's version. `ownBefore` is the feed's version from before the question.
   * A database that is behind it, or has another batch for the same version, has lost commits: the map is read again,
   * even if its version is lower. (Versions must not be asked from a replica that lags.)
   */
  compareWith(found: SeatVersion, ownBefore: number): void {
    if (this.#states === undefined || this.#stopped) return;
    // It may be on its way: messages take longer than the question.
    if (found.version > this.#version) this.#gap.start();
    else if (found.version < ownBefore) this.#reread();
    else this.#checkHistory(found); // guard: poll-repairs
  }

  /** Two batches for one version: one of them was lost, and only the database knows which. */
  #checkHistory({ version, batchId }: SeatVersion): void {
    if (version === this.#version && batchId !== this.#batchId) this.#reread();
  }

  /** If a repair is under way, the next poll finds out whether it was enough. */
  #reread(): void {
    void this.#repairBy(() => this.#reload(true));
  }

  #map(): SeatStates {
    if (this.#states === undefined) throw new Error('the live feed has not started');
    return this.#states;
  }

  #pack(): string {
    return (this.#packed ??= this.#map().toBase64());
  }

  #catchUp(): void {
    // One that is under way may have been begun too early for what is missing now.
    if (this.#repair !== undefined)
      this.#gap.start(); // guard: gap-during-repair
    else void this.#repairBy(() => this.#closeGap());
  }

  #applyEarly(): void {
    let next = this.#early.after(this.#batchId);
    while (next !== undefined && this.#apply(next)) next = this.#early.after(this.#batchId);
    // It could not be applied: the record tells what it should have said.
    if (next !== undefined) this.#early.drop(next);
    this.#early.dropUpTo(this.#version);
    if (this.#early.empty) this.#gap.stop();
  }

  /** Whole, or not at all and false: where it names a seat that there is not. */
  #apply(message: SeatsChanged): boolean {
    const map = this.#map();
    if (message.seats.some(([index]) => index >= map.seatCount)) return false; // guard: change-applied-whole
    for (const [index, code] of message.seats) {
      map.set(index, code);
      this.#unsent.set(index, code);
    }
    this.#version = message.version;
    this.#batchId = message.batchId;
    this.#packed = undefined;
    for (const id of message.bookingIds) this.#followers.notifyOfBooking(id);
    const wait = this.#lastSentAt + this.#ctx.tickMs - performance.now();
    if (wait <= 0) this.#send();
    else this.#tick ??= setTimeout(() => this.#send(), wait); // guard: changes-on-tick
    return true;
  }

  #send(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    if (this.#sentVersion === this.#version) return;
    const [fromVersion, version] = [this.#sentVersion, this.#version];
    const message: FeedMessage = { kind: 'changes', fromVersion, version, seats: [...this.#unsent] };
    this.#unsent.clear();
    this.#sentVersion = version;
    this.#lastSentAt = performance.now();
    this.#followers.notify(message);
    this.#allSent();
  }

  #allSent(): void {
    for (const resolve of this.#onSent.splice(0)) resolve();
  }

  /** Single flight. */
  #repairBy(read: () => Promise<void>): Promise<void> {
    this.#repair ??= this.#run(read).finally(() => (this.#repair = undefined)); // guard: one-repair-at-a-time
    return this.#repair;
  }

  async #run(read: () => Promise<void>): Promise<void> {
    this.#gap.stop();
    try {
      await read();
    } catch (error) {
      if (this.#stopped) return;
      const about = { err: error, eventId: this.eventId };
      this.#ctx.logger.warn(about, 'failed to repair a live feed; the next poll retries');
    }
  }

  /** From the record if it continues the version held so far and is short, else from the map itself. */
  async #closeGap(): Promise<void> {
    const held = { version: this.#version, batchId: this.#batchId };
    const changes = await readChanges(this.#ctx.db, this.eventId, held.version, GAP_MAX, GAP_STEPS_MAX); // guard: gap-steps-limit
    const [next] = changes;
    const lost = next?.version === held.version + 1 && next.previousBatchId !== held.batchId;
    if (lost) return this.#reload(true); // guard: gap-of-lost-history
    if (changes.length === 0 || changes.length === GAP_MAX) return this.#reload();
    if (this.#stopped) return;
    const missed = changes.filter((change) => change.version > this.#version);
    for (const change of missed)
      if (change.previousBatchId !== this.#batchId || !this.#apply(change)) return this.#reload(); // guard: gap-in-record
    if (missed.length > 0) metrics.feedRepairs.inc();
    this.#applyEarly();
  }

  /**
   * Reads the whole map, and gives it to everybody: numbered changes could not continue. `evenIfOlder`: the feed's
   * history may be lost, so its version says nothing about which map is newer.
   */
  async #reload(evenIfOlder = false): Promise<void> {
    const first = this.#states === undefined;
    // What arrives from now on may continue the map that is read.
    if (evenIfOlder) this.#early.clear();
    const map = await readSeatMap(this.#ctx.db, this.eventId);
    if (map === null) throw new Error(`event ${this.eventId} no longer exists`);
    // Messages that came while it was read may have brought the feed to it, or past it.
    const known = evenIfOlder ? map.batchId === this.#batchId : map.version <= this.#version; // guard: known-map-not-resent
    if (!first && (known || this.#stopped)) return;
    if (evenIfOlder) this.ambiguousUpTo = Math.max(this.ambiguousUpTo, this.#version, map.version);
    this.#states = map.states;
    this.#version = this.#sentVersion = map.version;
    this.#batchId = map.batchId;
    this.#packed = undefined;
    this.#unsent.clear();
    if (!first) {
      metrics.feedRepairs.inc();
      this.#followers.notify(this.snapshot());
      this.#allSent();
      this.#followers.notifyOfAllBookings();
    }
    // Only now, so that what waited goes out as changes that continue the snapshot.
    this.#applyEarly();
  }
}
