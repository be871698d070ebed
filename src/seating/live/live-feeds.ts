import { SingleFlight } from '../../platform/single-flight.ts';
import { TimeoutError, withTimeout } from '../../platform/with-timeout.ts';
import { readVersions } from '../map/seat-map.sql.ts';
import type { SeatsChanged } from '../../messaging/messages.ts';
import { LiveFeed, type FeedContext } from './live-feed.ts';

/** Time for which a feed without users is kept, so that a reloaded page finds it warm. */
const IDLE_MS = 30_000;
const POLL_MS = 1_000;
/** Maximum time that a resuming client waits for a feed that is behind it. */
const CATCH_UP_WAIT_MS = 2_000;

interface Entry {
  readonly feed: LiveFeed;
  readonly started: Promise<void>;
  loaded: boolean;
  users: number;
  idle: NodeJS.Timeout | undefined;
  dropped: boolean;
}

/**
 * The live feeds of this process, one for each event that is in use. Once per second, one statement reads the versions of
 * all of them. This finds and repairs what Redis lost, and replaces Redis during an outage.
 */
export class LiveFeeds {
  readonly #ctx: FeedContext;
  readonly #idleMs: number;
  readonly #entries = new Map<number, Entry>();
  /** Reads of single versions, by event. Returns the version, or -1 if it is unknown. */
  readonly #versionReads = new SingleFlight<number, number>();
  #poll: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(ctx: FeedContext, idleMs = IDLE_MS) {
    this.#ctx = ctx;
    this.#idleMs = idleMs;
  }

  start(): void {
    this.#schedulePoll();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#poll);
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  /** Returns the started feed of an event, which must exist. Call `release` when you no longer use it. */
  async acquire(eventId: number): Promise<{ readonly feed: LiveFeed; readonly release: () => void }> {
    const entry = this.#entries.get(eventId) ?? this.#open(eventId);
    entry.users++;
    clearTimeout(entry.idle);
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.users--;
      if (entry.users === 0 && !entry.dropped)
        entry.idle = setTimeout(() => this.#drop(entry), this.#idleMs).unref();
    };
    try {
      await entry.started;
      return { feed: entry.feed, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Returns the feed of an event if this process has one. Does not keep it open. */
  peek(eventId: number): LiveFeed | undefined {
    return this.#entries.get(eventId)?.feed;
  }

  /** Returns all feeds of this process, including those that are still starting and have no map. */
  all(): readonly LiveFeed[] {
    return [...this.#entries.values()].map((entry) => entry.feed);
  }

  /** True if at least one map is in memory. Maps in memory are served even if the database is unavailable. */
  get hasMaps(): boolean {
    return [...this.#entries.values()].some(({ loaded }) => loaded);
  }

  /** Applies a change that this process made, so that its feed need not wait for the message from Redis. */
  apply(message: SeatsChanged): void {
    this.#entries.get(message.eventId)?.feed.apply(message);
  }

  #open(eventId: number): Entry {
    if (this.#stopped) throw new Error('live feeds are stopped');
    const feed = new LiveFeed(this.#ctx, eventId);
    const started = feed.start();
    const entry: Entry = { feed, started, loaded: false, users: 0, idle: undefined, dropped: false };
    this.#entries.set(eventId, entry);
    // A feed that failed to start is dropped; the next request starts a new one.
    started.then(
      () => (entry.loaded = true),
      () => this.#drop(entry),
    );
    return entry;
  }

  /**
   * Waits until a feed has reached a version that a client has seen on another node, so that the client's map does not go
   * back in time. Does not wait if the database has not reached the version either.
   */
  async catchUp(feed: LiveFeed, version: number): Promise<void> {
    if (version <= feed.version) return; // guard: resume-behind-client
    // A read in progress may have started before that version was committed.
    await this.#versionReads.get(feed.eventId);
    const found = await this.#versionReads.run(feed.eventId, () => this.#checkVersion(feed));
    if (found < version) return;
    try {
      await withTimeout(reachVersion(feed, version), CATCH_UP_WAIT_MS, 'catching up');
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      this.#ctx.logger.debug({ err: error, eventId: feed.eventId }, 'resuming from an older map');
    }
  }

  async #checkVersion(feed: LiveFeed): Promise<number> {
    const versionBefore = feed.version;
    try {
      const found = (await readVersions(this.#ctx.db, [feed.eventId])).get(feed.eventId);
      if (found === undefined) return -1;
      feed.checkVersion(found, versionBefore);
      return found.version;
    } catch (error) {
      // The poll reports an unavailable database.
      this.#ctx.logger.debug(
        { err: error, eventId: feed.eventId },
        'failed to read the version of a live feed',
      );
      return -1;
    }
  }

  /** Takes the entry, not the event: another feed may have replaced a failed one. */
  #drop(entry: Entry): void {
    if (entry.dropped) return;
    entry.dropped = true;
    clearTimeout(entry.idle);
    entry.feed.stop();
    this.#entries.delete(entry.feed.eventId);
  }

  #schedulePoll(): void {
    if (this.#stopped) return;
    this.#poll = setTimeout(() => void this.#pollOnce(), POLL_MS * (0.8 + 0.4 * Math.random())).unref();
  }

  async #pollOnce(): Promise<void> {
    try {
      const feeds = this.all();
      // guard: polling
      if (feeds.length > 0) {
        const before = feeds.map((feed) => feed.version);
        const versions = await readVersions(
          this.#ctx.db,
          feeds.map((feed) => feed.eventId),
        );
        // Does not wait for repairs: a slow one must not delay the others.
        for (const [i, feed] of feeds.entries()) {
          const found = versions.get(feed.eventId);
          if (found !== undefined) feed.checkVersion(found, before[i] ?? 0);
        }
      }
    } catch (error) {
      this.#ctx.logger.warn({ err: error }, 'failed to poll the versions of live feeds');
    } finally {
      this.#schedulePoll();
    }
  }
}

function reachVersion(feed: LiveFeed, version: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (feed.version < version) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = feed.subscribe(check);
    check();
  });
}
