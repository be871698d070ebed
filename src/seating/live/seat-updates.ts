import { primaryOnly, type ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { FeedMessage } from './feed-message.ts';
import type { LiveFeed } from './live-feed.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { Mailbox } from './mailbox.ts';
import { readMergedChanges } from '../map/seat-map.sql.ts';

/** Maximum number of messages that a subscriber may be behind: six seconds at ten per second. */
const MAILBOX_MAX = 64;
/** Maximum number of versions to resume over, ten minutes at a hundred per second. Beyond it, a snapshot is sent. */
const RESUME_VERSIONS_MAX = 60_000;
/** Maximum number of seats in a message. More are sent as a snapshot: two bits per seat instead of about 70 bytes. */
export const SEATS_PER_MESSAGE_MAX = 2_000;
/** Maximum size of the changes to resume from. The database merges this many steps in about 100 ms. */
const MERGED_MAX = { steps: 120_000, seats: SEATS_PER_MESSAGE_MAX } as const;

export interface SeatUpdatesContext {
  readonly db: PrismaClient;
  readonly replicas?: ReplicaReads;
  readonly feeds: LiveFeeds;
}

/**
 * The source of a subscription to the seats of an event: its live feed, and the version to start from. Iterating it serves
 * one subscriber; the fan-out uses its fields instead and serves many. Iterate it at most once, and end it with the
 * iterator's `return` or with `release`, even if no message was read.
 */
export class SeatSource implements AsyncIterable<FeedMessage> {
  readonly feed: LiveFeed;
  readonly afterVersion: number | null;
  /** Reads the changes from `afterVersion` to `version`. Returns null if the subscriber needs a snapshot instead. */
  readonly changesUntil: (version: number) => Promise<FeedMessage | null>;
  /** Must be called once, at the end of the subscription. */
  readonly release: () => void;

  constructor({ feed, afterVersion, changesUntil, release }: Omit<SeatSource, typeof Symbol.asyncIterator>) {
    this.feed = feed;
    this.afterVersion = afterVersion;
    this.changesUntil = changesUntil;
    this.release = release;
  }

  [Symbol.asyncIterator](): AsyncIterator<FeedMessage> {
    let updates: Promise<AsyncIterator<FeedMessage>> | undefined;
    let isOver = false;
    const done = { done: true, value: undefined } as const;
    return {
      next: async () => {
        if (isOver) return done;
        updates ??= subscribeToSeats(this);
        return (await updates).next();
      },
      return: async () => {
        if (isOver) return done;
        isOver = true;
        if (updates === undefined) {
          this.release();
          return done;
        }
        // If the first message could not be read, `next` has rejected with the error, and the source is released.
        const [opened] = await Promise.allSettled([updates]);
        if (opened.status === 'fulfilled') await opened.value.return?.();
        return done;
      },
    };
  }
}

/**
 * Opens the live map of an event, which must exist. Waits up to one tick if changes are unsent. The source calls `onRelease`
 * when it is released.
 */
export async function openSeatSource(
  ctx: SeatUpdatesContext,
  eventId: number,
  afterVersion: number | null,
  onRelease: () => void = () => undefined,
): Promise<SeatSource> {
  const replicas = ctx.replicas ?? primaryOnly(ctx.db);
  const { feed, release } = await ctx.feeds.acquire(eventId);
  if (afterVersion !== null) await ctx.feeds.catchUp(feed, afterVersion);
  await feed.flushed(); // guard: no-early-flush-on-snapshot
  return new SeatSource({
    feed,
    afterVersion,
    changesUntil: (version) => readChangesBetween(replicas, feed, afterVersion, version),
    release: () => {
      release();
      onRelease();
    },
  });
}

/**
 * Returns the messages for one subscriber. The first one is a snapshot, or the changes since `afterVersion` if they are
 * recorded. Each further one continues from the previous message, or is a new snapshot if it cannot.
 */
export async function subscribeToSeats({
  feed,
  release,
  changesUntil,
}: SeatSource): Promise<AsyncIterableIterator<FeedMessage>> {
  const mailbox = new Mailbox<FeedMessage>({
    limit: MAILBOX_MAX,
    settled: () => feed.flushed(),
    overflow: () => feed.snapshot(),
    onClose: () => {
      unsubscribe();
      release();
    },
  });
  // Subscribes at the version at which the first message ends, so that no change is lost between the two.
  const queue: FeedMessage[] = [];
  let first = true;
  const snapshot = feed.snapshot();
  const unsubscribe = feed.subscribe((message) => {
    if (!first) mailbox.push(message);
    // Further messages would overflow the mailbox anyway.
    else if (queue.length < MAILBOX_MAX) queue.push(message);
  });
  try {
    mailbox.push((await changesUntil(snapshot.version)) ?? snapshot);
    for (const message of queue) mailbox.push(message); // guard: buffered-messages-delivered
    first = false;
    return mailbox;
  } catch (error) {
    await mailbox.return();
    throw error;
  }
}

async function readChangesBetween(
  replicas: ReplicaReads,
  { eventId, ambiguousUpTo }: LiveFeed,
  afterVersion: number | null,
  version: number,
): Promise<FeedMessage | null> {
  const behind = afterVersion === null ? Infinity : version - afterVersion;
  // guard: resume-versions-limit
  if (afterVersion === null || behind < 0 || behind > RESUME_VERSIONS_MAX || afterVersion < 0) return null;
  if (afterVersion <= ambiguousUpTo) return null; // guard: no-resume-from-ambiguous-version
  if (behind === 0) return { kind: 'changes', fromVersion: version, version, seats: [] };
  // Null also means too many changes, which a further read would only count again.
  const changes = await replicas.read(
    (db) => readMergedChanges(db, eventId, afterVersion, version, MERGED_MAX),
    (found) => found !== null,
    0,
  );
  if (changes === null || changes.versions !== behind) return null; // guard: complete-resume
  return { kind: 'changes', fromVersion: afterVersion, version, seats: changes.seats };
}
