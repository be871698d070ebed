import { Cache } from '../platform/cache.ts';
import type { DatabaseClock } from '../platform/database/clock.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import { startSpan, type Span } from '../platform/observability/tracing.ts';
import type { SharedOperation } from '../graphql/engine/shared-operation.ts';
import type { FeedMessage } from '../seating/live/feed-message.ts';
import type { LiveFeed } from '../seating/live/live-feed.ts';
import type { SeatSource } from '../seating/live/seat-updates.ts';
import { Broadcast } from './broadcast.ts';
import { fanoutLimits } from './limits.ts';
import type { Payload, PayloadCache } from './payload.ts';
import { Subscriber, type Consumer } from './subscriber.ts';

export interface ChannelContext {
  readonly logger: Logger;
  /** The clock of the database. */
  readonly clock: Pick<DatabaseClock, 'nowMs'>;
  readonly payloads: Pick<PayloadCache, 'get'>;
}

/**
 * The live feed of one event, as all subscribers of this process share it. Messages are numbered. Each subscriber is at one
 * of these numbers: it starts with a snapshot of exactly that number, and the shared messages after it continue from there.
 */
export class SeatChannel {
  readonly #feed: LiveFeed;
  readonly #ctx: ChannelContext;
  readonly #onEmpty: () => void;
  readonly #unsubscribe: () => void;
  readonly #subscribers = new Set<Subscriber>();
  readonly #replay = new ReplayBuffer();
  readonly #broadcast: Broadcast<Subscriber>;
  /** Changes from a version up to that of the last message, which several subscribers may resume from. */
  readonly #resumes = new Cache<number, Promise<FeedMessage | null>>({
    entriesMax: fanoutLimits.resumesCachedMax, // guard: kept-resumes-limit
  });
  #reads = 0;
  /** Frames that are not in the metric yet. Incrementing the counter per frame would be measurable. */
  #uncountedFrames = 0;
  #uncountedBytes = 0;
  /** Time of the oldest COMMIT that is being broadcast, on the clock of the database. */
  #commitMs: number | null = null;
  /** The span of the broadcast; null if it is not traced. */
  #span: Span | null = null;
  /** The payload that was sent last in this broadcast. */
  #lastSent: { readonly message: FeedMessage; readonly key: string; readonly payload: Payload } | null = null;
  /** The operation of the last subscriber that joined. */
  #lastJoined: SharedOperation | null = null;
  /** The map as of the last message. */
  #snapshot: FeedMessage;

  constructor(feed: LiveFeed, ctx: ChannelContext, onEmpty: () => void) {
    this.#feed = feed;
    this.#ctx = ctx;
    this.#onEmpty = onEmpty;
    this.#broadcast = new Broadcast(
      () => this.#subscribers,
      (subscriber) => this.#serve(subscriber),
      (subscriber, error) => this.#fail(subscriber, error),
      () => this.#measureDelay(),
    );
    this.#snapshot = feed.snapshot();
    this.#unsubscribe = feed.subscribe((message) => this.#apply(message));
  }

  /** Adds a subscriber. Returns a function that removes it. */
  join(source: SeatSource, consumer: Consumer, operation: SharedOperation): () => void {
    // Changes since the last message go out with the next one, within a tick. If there are any, the subscriber starts
    // after it: it must not see less than a query would have returned.
    const at = this.#replay.last + (this.#feed.version === this.#snapshot.version ? 0 : 1);
    // Most have an equal one. A shared object costs memory once, and is in the cache of the processor during a broadcast.
    if (this.#lastJoined?.key !== operation.key) this.#lastJoined = operation;
    const subscriber = new Subscriber({ operation: this.#lastJoined, source, consumer, at });
    this.#subscribers.add(subscriber);
    metrics.sharedSubscribers.inc();
    this.#attempt(subscriber, () => this.#serve(subscriber));
    return () => this.#leave(subscriber);
  }

  /** Contains an error: it must affect neither other subscribers nor the process. */
  #attempt(subscriber: Subscriber, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(subscriber, error);
    } finally {
      this.#lastSent = null;
    }
  }

  #fail({ consumer }: Subscriber, error: unknown): void {
    this.#ctx.logger.error({ err: error, eventId: this.#feed.eventId }, 'a shared subscription failed');
    consumer.fail();
  }

  #leave(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    metrics.sharedSubscribers.dec();
    subscriber.apply('leave');
    if (this.#subscribers.size > 0) return;
    this.#endSpan();
    this.#countFrames();
    this.#unsubscribe();
    this.#onEmpty();
  }

  #countFrames(): void {
    metrics.sharedFrames.inc(this.#uncountedFrames);
    metrics.sharedFrameBytes.inc(this.#uncountedBytes);
    this.#uncountedFrames = this.#uncountedBytes = 0;
  }

  #apply(message: FeedMessage): void {
    this.#snapshot = message.kind === 'snapshot' ? message : this.#feed.snapshot();
    const isLarge = message.kind === 'changes' && message.seats.length > fanoutLimits.seatsPerMessageMax;
    this.#replay.push(isLarge ? this.#snapshot : message);
    this.#resumes.clear();
    if (message.kind === 'changes') {
      this.#commitMs ??= this.#feed.sentCommitMs;
      this.#startSpan();
    }
    this.#broadcast.run();
  }

  #startSpan(): void {
    const [parent, ...links] = this.#feed.sentTraces;
    if (parent === undefined || this.#span !== null) return;
    const attributes = { 'sellout.event.id': this.#feed.eventId };
    this.#span = startSpan({ name: 'fan-out', kind: 'consumer', links, attributes }, parent);
  }

  #endSpan(): void {
    this.#span?.setAttributes({ 'sellout.frames': this.#uncountedFrames });
    this.#span?.end();
    this.#span = null;
  }

  /** Called when every subscriber has been served. Clocks differ by milliseconds, so the delay can seem negative. */
  #measureDelay(): void {
    this.#lastSent = null; // Memory for payloads is limited by their cache.
    this.#endSpan();
    this.#countFrames();
    if (this.#commitMs === null) return;
    metrics.commitToSocketSeconds.observe(Math.max(0, this.#ctx.clock.nowMs() - this.#commitMs) / 1000);
    this.#commitMs = null;
  }

  /** Sends a subscriber everything that it lacks, as far as its consumer accepts it. */
  #serve(subscriber: Subscriber): void {
    if (subscriber.state === 'starting') this.#start(subscriber);
    while (subscriber.state === 'live' && subscriber.at < this.#replay.last) {
      const message = this.#replay.get(subscriber.at + 1);
      if (message === undefined) {
        subscriber.apply('overrun');
        metrics.resyncs.inc({ reason: 'overrun' });
        this.#restart(subscriber);
        this.#start(subscriber);
      } else if (this.#send(subscriber, message)) subscriber.at++;
    }
  }

  #start(subscriber: Subscriber): void {
    if (subscriber.at > this.#replay.last) return;
    if (subscriber.resumes) return this.#resume(subscriber);
    if (this.#send(subscriber, this.#snapshot)) subscriber.at = this.#replay.last;
  }

  /** Makes the current snapshot the next message of a starting subscriber. */
  #restart(subscriber: Subscriber): void {
    subscriber.resumes = false;
    subscriber.at = this.#replay.last;
  }

  #send(subscriber: Subscriber, message: FeedMessage): boolean {
    const { operation, consumer } = subscriber;
    const payload = this.#getPayload(message, operation);
    if (consumer.send(payload)) {
      subscriber.apply('sent');
      this.#uncountedFrames++;
      this.#uncountedBytes += payload.bytes;
      return true;
    }
    metrics.slowConsumersSkipped.inc();
    subscriber.apply('full');
    consumer.onDrain(() => this.#attempt(subscriber, () => this.#catchUp(subscriber)));
    return false;
  }

  /** Most subscribers of an event run the same operation, so the payload of the previous one is mostly that of the next. */
  #getPayload(message: FeedMessage, operation: SharedOperation): Payload {
    const last = this.#lastSent;
    if (last !== null && last.message === message && last.key === operation.key) return last.payload; // guard: payload-of-operation
    const payload = this.#ctx.payloads.get(message, operation);
    this.#lastSent = { message, key: operation.key, payload };
    return payload;
  }

  #catchUp(subscriber: Subscriber): void {
    if (subscriber.apply('drained') === 'gone') return;
    metrics.resyncs.inc({ reason: 'slow_consumer' });
    this.#restart(subscriber);
    this.#serve(subscriber);
  }

  /** Starts with the changes from the record, or with a snapshot if they are unavailable or too many reads are running. */
  #resume(subscriber: Subscriber): void {
    subscriber.apply('resume');
    // Messages after this one stay in the replay buffer for the subscriber, unless there are too many.
    subscriber.at = this.#replay.last;
    const changes = this.#readChanges(subscriber.source);
    if (changes === null) return this.#finishResume(subscriber, null);
    void changes.then((read) => this.#attempt(subscriber, () => this.#finishResume(subscriber, read)));
  }

  #finishResume(subscriber: Subscriber, changes: FeedMessage | null): void {
    if (subscriber.apply('read') === 'gone') return;
    subscriber.resumes = false;
    if (changes === null) this.#restart(subscriber);
    else this.#send(subscriber, changes);
    this.#serve(subscriber);
  }

  /** Returns the changes since the source's version; null if there must be a snapshot instead. */
  #readChanges(source: SeatSource): Promise<FeedMessage | null> | null {
    const after = source.afterVersion ?? -1;
    const { version } = this.#snapshot;
    const cached = this.#resumes.get(after);
    if (cached !== undefined || after < 0 || after > version) return cached ?? null;
    if (after <= this.#feed.ambiguousUpTo) return null; // guard: no-shared-resume-from-ambiguous-version
    if (this.#reads >= fanoutLimits.resumesMax) return null;
    this.#reads++;
    const changes = this.#read(source, version).finally(() => this.#reads--);
    this.#resumes.set(after, changes);
    return changes;
  }

  /** Never rejects: if the read fails, a snapshot replaces it. */
  async #read(source: SeatSource, version: number): Promise<FeedMessage | null> {
    if (source.afterVersion === version) return { kind: 'changes', fromVersion: version, version, seats: [] };
    try {
      return await source.changesUntil(version);
    } catch (error) {
      this.#ctx.logger.debug(
        { err: error, eventId: this.#feed.eventId },
        'failed to read the changes to resume from',
      );
      return null;
    }
  }
}

/** The last messages of a channel, numbered from 1, for subscribers that have not been sent them yet. */
class ReplayBuffer {
  readonly #messages: FeedMessage[] = [];
  #seats = 0;
  /** Number of the last message; 0 before the first one. */
  last = 0;

  push(message: FeedMessage): void {
    const { replayMessagesMax, replaySeatsMax } = fanoutLimits;
    this.last++;
    this.#messages.push(message);
    this.#seats += countSeats(message);
    while (
      this.#messages.length > replayMessagesMax ||
      (this.#seats > replaySeatsMax && this.#messages.length > 1)
    ) {
      const oldest = this.#messages.shift();
      if (oldest !== undefined) this.#seats -= countSeats(oldest);
    }
  }

  /** Returns undefined if the buffer no longer has the message. */
  get(number: number): FeedMessage | undefined {
    return this.#messages[number - 1 - (this.last - this.#messages.length)];
  }
}

/** Counts a snapshot as the changed seats that take as much memory: about 70 bytes each. */
function countSeats(message: FeedMessage): number {
  return message.kind === 'changes' ? message.seats.length : Math.ceil(message.states.length / 70);
}
