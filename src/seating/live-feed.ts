import type { Logger } from '../platform/logger.ts';
import type { PrismaClient } from '../platform/db.ts';
import { metrics } from '../platform/metrics.ts';
import type { SeatsChanged, SeatStatusCode } from '../pubsub/messages.ts';
import type { PubSub, Subscription } from '../pubsub/pubsub.ts';
import { GapTimer } from './gap-timer.ts';
import type { SeatMap } from './seat-map-cache.ts';
import { readChanges, readSeatMap } from './seat-map.sql.ts';
import type { SeatStates } from './seat-states.ts';

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
  readonly pubsub: PubSub;
  readonly logger: Logger;
  readonly tickMs: number;
}

/** How many recorded versions are read to close a gap; a longer one is closed by reading the map anew. */
const GAP_MAX = 1_000;
/** So is one of more steps: as a list they would keep the event loop for longer than the map of 80,000 seats does. */
const GAP_STEPS_MAX = 5_000;
const AHEAD_MAX = 256;
/** How long a new feed waits for Redis before it goes on without: polling keeps it right meanwhile. */
const SUBSCRIBE_WAIT_MS = 1_000;

/**
 * The live seat map of one event in this process: fed from Redis, put in order by version, repaired from PostgreSQL.
 * Changes coalesce on a tick (the latest state of a seat wins); the first change after quiet goes out at once.
 */
export class LiveFeed {
  readonly eventId: number;
  readonly #ctx: FeedContext;
  readonly #followers = new Set<(message: FeedMessage) => void>();
  readonly #bookingFollowers = new Map<string, Set<() => void>>();
  readonly #ahead = new Map<number, SeatsChanged>();
  readonly #unsent = new Map<number, SeatStatusCode>();
  #subscription: Subscription | undefined;
  #states: SeatStates | undefined;
  #version = 0;
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
  }

  /** Listens first, reads the map then: what is committed between the two is newer than the map, and arrives. */
  async start(): Promise<void> {
    this.#subscription = this.#ctx.pubsub.subscribeSeatsChanged(this.eventId, (message) =>
      this.take(message),
    );
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, SUBSCRIBE_WAIT_MS)));
    await Promise.race([this.#subscription.ready, waited]);
    clearTimeout(timer);
    await this.#reload();
  }

  /** For good: what comes after it is not heard, and no timer is left. */
  stop(): void {
    this.#stopped = true;
    this.#ahead.clear();
    this.#subscription?.close();
    clearTimeout(this.#tick);
    this.#gap.stop();
    this.#allSent();
  }

  get version(): number {
    return this.#version;
  }

  get seatCount(): number {
    return this.#map().seatCount;
  }

  /**
   * Resolves when nothing waits for the tick. Whoever asks for a snapshot then makes nobody else's message come early:
   * else those who come and go would set the pace at which all others are told.
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
    return { version: this.#version, states: this.#pack() };
  }

  /** One byte a seat, 1 where it is AVAILABLE in the map. */
  freeMask(): Uint8Array {
    return this.#map().maskOf(0);
  }

  /** Its first message continues the latest one. To continue a snapshot, follow right after it. */
  follow(follower: (message: FeedMessage) => void): () => void {
    this.#followers.add(follower);
    metrics.feedFollowers.inc();
    return () => {
      if (this.#followers.delete(follower)) metrics.feedFollowers.dec();
    };
  }

  followBooking(bookingId: string, follower: () => void): () => void {
    const followers = this.#bookingFollowers.get(bookingId) ?? new Set();
    this.#bookingFollowers.set(bookingId, followers.add(follower));
    return () => {
      const left = followers.delete(follower);
      // Not a second time: others may follow the booking by then.
      if (left && followers.size === 0) this.#bookingFollowers.delete(bookingId);
    };
  }

  /** A change, in whatever order and however often it comes. */
  take(message: SeatsChanged): void {
    if (this.#stopped || message.eventId !== this.eventId) return;
    // Until the map is read nothing can be applied; what is newer than the map is applied when it is there.
    if (this.#states === undefined) return this.#keepAhead(message);
    if (message.version <= this.#version) return;
    if (message.fromVersion !== this.#version) {
      this.#keepAhead(message);
      this.#gap.start();
      return;
    }
    if (this.#apply(message)) this.#applyAhead();
    else this.#gap.start();
  }

  /**
   * Told the version that the database has, and the feed's own from before it was asked for: repairs what was missed. A
   * database that has not even got as far as the feed was before has lost commits, in a failover or a restore: then
   * the map is read anew, though its version is lower. (From a replica that lags, versions must not be asked.)
   */
  compareWith(version: number, ownBefore: number): void {
    if (this.#states === undefined || this.#stopped) return;
    // It may be on its way: messages take longer than the question.
    if (version > this.#version) this.#gap.start();
    else if (version < ownBefore) void this.#repairBy(() => this.#reload(true));
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
    if (this.#repair !== undefined) this.#gap.start();
    else void this.#repairBy(() => this.#closeGap());
  }

  #keepAhead(message: SeatsChanged): void {
    if (this.#ahead.size < AHEAD_MAX) this.#ahead.set(message.fromVersion, message);
  }

  #applyAhead(): void {
    let next = this.#ahead.get(this.#version);
    while (next !== undefined && this.#apply(next)) next = this.#ahead.get(this.#version);
    // It could not be applied: the record tells what it should have said.
    if (next !== undefined) this.#ahead.delete(next.fromVersion);
    for (const [from] of this.#ahead) if (from < this.#version) this.#ahead.delete(from);
    if (this.#ahead.size === 0) this.#gap.stop();
  }

  /** Whole, or not at all and false: where it names a seat that there is not. */
  #apply(message: SeatsChanged): boolean {
    const map = this.#map();
    if (message.seats.some(([index]) => index >= map.seatCount)) return false;
    for (const [index, code] of message.seats) {
      map.set(index, code);
      this.#unsent.set(index, code);
    }
    this.#version = message.version;
    this.#packed = undefined;
    for (const id of message.bookingIds) this.#tell(this.#bookingFollowers.get(id), undefined);
    const wait = this.#lastSentAt + this.#ctx.tickMs - performance.now();
    if (wait <= 0) this.#send();
    else this.#tick ??= setTimeout(() => this.#send(), wait);
    return true;
  }

  #send(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    if (this.#sentVersion === this.#version) return;
    const message: FeedMessage = {
      kind: 'changes',
      fromVersion: this.#sentVersion,
      version: this.#version,
      seats: [...this.#unsent],
    };
    this.#unsent.clear();
    this.#sentVersion = this.#version;
    this.#lastSentAt = performance.now();
    this.#tell(this.#followers, message);
    this.#allSent();
  }

  #allSent(): void {
    for (const resolve of this.#onSent.splice(0)) resolve();
  }

  /** A follower that throws keeps nobody else from what it was told, and does not end the process. */
  #tell<T>(followers: Iterable<(told: T) => void> = [], told: T): void {
    for (const follower of followers) {
      try {
        follower(told);
      } catch (error) {
        this.#ctx.logger.error({ err: error, eventId: this.eventId }, 'a follower of a live feed failed');
      }
    }
  }

  /** Single flight. */
  #repairBy(read: () => Promise<void>): Promise<void> {
    this.#repair ??= this.#run(read).finally(() => (this.#repair = undefined));
    return this.#repair;
  }

  async #run(read: () => Promise<void>): Promise<void> {
    this.#gap.stop();
    try {
      await read();
    } catch (error) {
      if (this.#stopped) return;
      this.#ctx.logger.warn(
        { err: error, eventId: this.eventId },
        'live feed not repaired; the next poll tries again',
      );
    }
  }

  /** From the record where it reaches from the version held so far and is short, else from the map itself. */
  async #closeGap(): Promise<void> {
    const changes = await readChanges(this.#ctx.db, this.eventId, this.#version, GAP_MAX, GAP_STEPS_MAX);
    const contiguous = changes.every((change) => change.version === change.fromVersion + 1);
    if (changes.length === 0 || !contiguous || changes.length === GAP_MAX) return this.#reload();
    if (this.#stopped) return;
    const missed = changes.filter((change) => change.version > this.#version);
    for (const change of missed) if (!this.#apply(change)) return this.#reload();
    if (missed.length > 0) metrics.feedRepairs.inc();
    this.#applyAhead();
  }

  /** Reads the map anew, and gives it to everybody: numbered changes could not continue. */
  async #reload(evenIfOlder = false): Promise<void> {
    const first = this.#states === undefined;
    const map = await readSeatMap(this.#ctx.db, this.eventId);
    if (map === null) throw new Error(`event ${this.eventId} is gone`);
    if (evenIfOlder) this.#ahead.clear();
    // Messages that came while it was read may have brought the feed past it.
    else if (!first && map.version <= this.#version) return;
    this.#states = map.states;
    this.#version = this.#sentVersion = map.version;
    this.#packed = undefined;
    this.#unsent.clear();
    if (!first) {
      metrics.feedRepairs.inc();
      this.#tell(this.#followers, this.snapshot());
      this.#allSent();
      for (const followers of this.#bookingFollowers.values()) this.#tell(followers, undefined);
    }
    // Only now, so that what waited goes out as changes that continue the snapshot.
    this.#applyAhead();
  }
}
