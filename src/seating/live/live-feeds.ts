import { readVersions } from '../map/seat-map.sql.ts';
import type { SeatsChanged } from '../../messaging/messages.ts';
import { LiveFeed, type FeedContext } from './live-feed.ts';

/** Time for which a feed without subscribers is kept, so that a reloaded page finds it warm. */
const IDLE_MS = 30_000;
const POLL_MS = 1_000;

interface Entry {
  readonly feed: LiveFeed;
  readonly started: Promise<void>;
  loaded: boolean;
  users: number;
  idle: NodeJS.Timeout | undefined;
  dropped: boolean;
}

/**
 * The live feeds of this process, one for each event that somebody follows here. Once a second one statement asks for
 * the versions of all of them: what Redis lost, or could not carry while it was away, is found and repaired so.
 */
export class LiveFeeds {
  readonly #ctx: FeedContext;
  readonly #idleMs: number;
  readonly #entries = new Map<number, Entry>();
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

  /** The event's feed, started, with a release that must be called once. The event must exist. */
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

  /** The event's feed, if one runs here, for a glance at its map. */
  peek(eventId: number): LiveFeed | undefined {
    return this.#entries.get(eventId)?.feed;
  }

  /** Every feed of this process; one that is starting has no map yet. */
  all(): readonly LiveFeed[] {
    return [...this.#entries.values()].map((entry) => entry.feed);
  }

  /** True if the map of some event is in memory: it is served while the database is away. */
  get hasMaps(): boolean {
    return [...this.#entries.values()].some(({ loaded }) => loaded);
  }

  /** A change that this process made: its own feed need not wait for Redis to bring it back. */
  take(message: SeatsChanged): void {
    this.#entries.get(message.eventId)?.feed.take(message);
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

  /** By entry, not by event: a failed feed's successor under the same event must stay. */
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
        // Repairs are not waited for: a slow one must not keep the others from being found.
        for (const [i, feed] of feeds.entries()) {
          const found = versions.get(feed.eventId);
          if (found !== undefined) feed.compareWith(found, before[i] ?? 0);
        }
      }
    } catch (error) {
      this.#ctx.logger.warn({ err: error }, 'failed to poll the versions of live feeds');
    } finally {
      this.#schedulePoll();
    }
  }
}
