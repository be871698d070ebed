import { Cache } from '../platform/cache.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { FeedMessage, LiveFeed } from '../seating/live/live-feed.ts';
import type { SeatSource } from '../seating/live/seat-updates.ts';
import { fanoutLimits } from './limits.ts';
import { RecentMessages } from './replay-buffer.ts';
import { Rounds } from './broadcast.ts';
import type { Reader, SharedGroup, Subscriber } from './subscriber.ts';

/**
 * One event's feed as all subscribers of this process share it. Messages are numbered; every subscriber is at one of
 * these numbers, and is served from there: a subscriber begins with a snapshot of exactly that number, so that the
 * shared messages after it continue it.
 */
export class SeatChannel {
  readonly #feed: LiveFeed;
  readonly #logger: Logger;
  readonly #onEmpty: () => void;
  readonly #unfollow: () => void;
  readonly #groups = new Map<string, SharedGroup>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #recent = new RecentMessages();
  readonly #rounds: Rounds<Subscriber>;
  /** Changes from a version to that of the last message, as they were asked for. */
  readonly #resumes = new Cache<number, Promise<FeedMessage | null>>({
    entriesMax: fanoutLimits.resumesKeptMax, // guard: kept-resumes-limit
  });
  #reading = 0;
  /** Frames that are not counted yet: a counter's own cost would show, at one call a frame. */
  #sent = 0;
  /** Shows the event as the last message left it. */
  #snapshot: FeedMessage;

  constructor(feed: LiveFeed, logger: Logger, onEmpty: () => void) {
    this.#feed = feed;
    this.#logger = logger;
    this.#onEmpty = onEmpty;
    this.#rounds = new Rounds(
      () => this.#subscribers,
      (subscriber) => this.#serve(subscriber),
      (subscriber, error) => this.#fail(subscriber, error),
    );
    this.#snapshot = feed.snapshot();
    this.#unfollow = feed.follow((message) => this.#take(message));
  }

  /** Returns what ends it. */
  join(source: SeatSource, reader: Reader, key: string, open: () => SharedGroup): () => void {
    const group = this.#groups.get(key) ?? open();
    this.#groups.set(key, group);
    group.members++;
    // What has changed since the last message is told with the next: within a tick. Until then it can't begin, for it
    // must not be shown less than a query would have shown it.
    const at = this.#recent.last + (this.#feed.version === this.#snapshot.version ? 0 : 1);
    const resumes = source.afterVersion !== null;
    const subscriber: Subscriber = { group, source, reader, state: 'starting', at, resumes };
    this.#subscribers.add(subscriber);
    metrics.sharedSubscribers.inc();
    this.#attempt(subscriber, () => this.#serve(subscriber));
    return () => this.#leave(subscriber);
  }

  /** One that can't be served must harm neither the others nor the process. */
  #attempt(subscriber: Subscriber, serve: () => void): void {
    try {
      serve();
    } catch (error) {
      this.#fail(subscriber, error);
    }
  }

  #fail({ reader }: Subscriber, error: unknown): void {
    this.#logger.error({ err: error, eventId: this.#feed.eventId }, 'a shared subscription failed');
    reader.fail();
  }

  #leave(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    metrics.sharedSubscribers.dec();
    subscriber.state = 'gone';
    const { group } = subscriber;
    group.members--;
    if (group.members === 0) this.#groups.delete(group.key);
    if (this.#subscribers.size > 0) return;
    this.#count();
    this.#unfollow();
    this.#onEmpty();
  }

  #count(): void {
    metrics.sharedFrames.inc(this.#sent);
    this.#sent = 0;
  }

  #take(message: FeedMessage): void {
    this.#count();
    this.#snapshot = message.kind === 'snapshot' ? message : this.#feed.snapshot();
    const large = message.kind === 'changes' && message.seats.length > fanoutLimits.seatsPerMessageMax;
    this.#recent.push(large ? this.#snapshot : message);
    this.#resumes.clear();
    this.#rounds.run();
  }

  #serve(subscriber: Subscriber): void {
    if (subscriber.state === 'starting') this.#begin(subscriber);
    while (subscriber.state === 'live' && subscriber.at < this.#recent.last) {
      const message = this.#recent.get(subscriber.at + 1);
      if (message === undefined) {
        this.#restart(subscriber);
        this.#begin(subscriber);
      } else if (this.#send(subscriber, message)) subscriber.at++;
    }
  }

  #begin(subscriber: Subscriber): void {
    if (subscriber.at > this.#recent.last) return;
    if (subscriber.resumes) return this.#resume(subscriber);
    if (!this.#send(subscriber, this.#snapshot)) return;
    subscriber.state = 'live';
    subscriber.at = this.#recent.last;
  }

  /** Its next message is a snapshot of now. */
  #restart(subscriber: Subscriber): void {
    subscriber.state = 'starting';
    subscriber.resumes = false;
    subscriber.at = this.#recent.last;
  }

  #send(subscriber: Subscriber, message: FeedMessage): boolean {
    const { group, reader } = subscriber;
    if (reader.send(group.payloadOf(message))) {
      this.#sent++;
      return true;
    }
    metrics.readersSkipped.inc();
    subscriber.state = 'clogged';
    reader.drained(() => {
      if (subscriber.state !== 'clogged') return;
      this.#restart(subscriber);
      this.#attempt(subscriber, () => this.#serve(subscriber));
    });
    return false;
  }

  /** From the record; a snapshot where that can't be, or where too many ask for it at once. */
  #resume(subscriber: Subscriber): void {
    const begin = (changes: FeedMessage | null) => {
      if (subscriber.state !== 'resuming') return;
      subscriber.resumes = false;
      subscriber.state = 'starting';
      if (changes === null) this.#restart(subscriber);
      else if (this.#send(subscriber, changes)) subscriber.state = 'live';
      this.#serve(subscriber);
    };
    subscriber.state = 'resuming';
    // The messages after this one are kept for it, unless they get too many.
    subscriber.at = this.#recent.last;
    const changes = this.#changesSince(subscriber.source);
    if (changes === null) return begin(null);
    void changes.then((read) => this.#attempt(subscriber, () => begin(read)));
  }

  #changesSince(source: SeatSource): Promise<FeedMessage | null> | null {
    const after = source.afterVersion ?? -1;
    const { version } = this.#snapshot;
    const known = this.#resumes.get(after);
    if (known !== undefined || after < 0 || after > version) return known ?? null;
    if (after <= this.#feed.ambiguousUpTo) return null; // guard: no-shared-resume-from-ambiguous-version
    if (this.#reading >= fanoutLimits.resumesMax) return null;
    this.#reading++;
    const changes = this.#read(source, version).finally(() => this.#reading--);
    this.#resumes.set(after, changes);
    return changes;
  }

  /** Never rejects: a snapshot does as well. */
  async #read(source: SeatSource, version: number): Promise<FeedMessage | null> {
    if (source.afterVersion === version) return { kind: 'changes', fromVersion: version, version, seats: [] };
    try {
      return await source.changesUntil(version);
    } catch (error) {
      this.#logger.debug(
        { err: error, eventId: this.#feed.eventId },
        'failed to read the changes to resume from',
      );
      return null;
    }
  }
}
