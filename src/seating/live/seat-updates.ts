import type { PrismaClient } from '../../platform/database/db.ts';
import type { FeedMessage, LiveFeed } from './live-feed.ts';
import type { LiveFeeds } from './live-feeds.ts';
import { Mailbox } from './mailbox.ts';
import { readChangesTogether } from '../map/seat-map.sql.ts';

/** Messages that one follower may be behind; at ten a second, six seconds. */
const MAILBOX_MAX = 64;
/** A resume over more versions than this is a snapshot instead: ten minutes of a hundred a second. */
const RESUME_MAX = 60_000;
/** Changes of more seats than this are a snapshot instead, which takes two bits a seat, and not some seventy bytes. */
export const SEATS_PER_MESSAGE_MAX = 2_000;
/** So are those of more steps, which the database takes a tenth of a second to put together. */
const TOGETHER_MAX = { steps: 120_000, seats: SEATS_PER_MESSAGE_MAX } as const;

export interface SeatUpdatesContext {
  readonly db: PrismaClient;
  readonly feeds: LiveFeeds;
}

/**
 * The source of a subscription to an event's seats: its live feed, and where to start. Iterating it serves one
 * subscriber; the fan-out reads its fields instead and serves many. Iterate it at most once, and end it by the iterator's
 * `return` or by `release`, also if no message was read.
 */
export class SeatSource implements AsyncIterable<FeedMessage> {
  readonly feed: LiveFeed;
  readonly afterVersion: number | null;
  /** Reads the changes up to `version` from the record; null if the record does not reach back to `afterVersion`. */
  readonly changesUntil: (version: number) => Promise<FeedMessage | null>;
  /** Must be called once, at the end. */
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
        updates ??= followSeats(this);
        return (await updates).next();
      },
      return: async () => {
        if (isOver) return done;
        isOver = true;
        if (updates === undefined) this.release();
        // If the first message could not be read, the source has been released already.
        else await updates.then((open) => open.return?.()).catch(() => undefined);
        return done;
      },
    };
  }
}

/** The event must exist. Takes up to a tick while changes wait for it. `onRelease` is called with the source's release. */
export async function openSeats(
  ctx: SeatUpdatesContext,
  eventId: number,
  afterVersion: number | null,
  onRelease: () => void = () => undefined,
): Promise<SeatSource> {
  const { feed, release } = await ctx.feeds.acquire(eventId);
  await feed.sent(); // guard: no-early-flush-on-snapshot
  return new SeatSource({
    feed,
    afterVersion,
    changesUntil: (version) => changesBetween(ctx.db, feed, afterVersion, version),
    release: () => {
      release();
      onRelease();
    },
  });
}

/** As followSeats, for an event that exists. */
export async function seatUpdates(
  ctx: SeatUpdatesContext,
  eventId: number,
  afterVersion: number | null,
): Promise<AsyncIterableIterator<FeedMessage>> {
  return followSeats(await openSeats(ctx, eventId, afterVersion));
}

/**
 * First a snapshot (or the changes since `afterVersion`, where they are on record), then every change, each continuing
 * where the message before it ended; a snapshot again where that cannot be.
 */
export async function followSeats({
  feed,
  release,
  changesUntil,
}: SeatSource): Promise<AsyncIterableIterator<FeedMessage>> {
  const mailbox = new Mailbox<FeedMessage>({
    limit: MAILBOX_MAX,
    settled: () => feed.sent(),
    overflow: () => feed.snapshot(),
    onClose: () => {
      unfollow();
      release();
    },
  });
  // Listening starts with the version that the first message ends at: nothing falls between the two.
  const queue: FeedMessage[] = [];
  let first = true;
  const snapshot = feed.snapshot();
  const unfollow = feed.follow((message) => {
    if (!first) mailbox.push(message);
    // Together with the first message that is more than the mailbox takes: what is dropped here, it would drop too.
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

async function changesBetween(
  db: PrismaClient,
  { eventId, ambiguousUpTo }: LiveFeed,
  afterVersion: number | null,
  version: number,
): Promise<FeedMessage | null> {
  const behind = afterVersion === null ? Infinity : version - afterVersion;
  // guard: resume-versions-limit
  if (afterVersion === null || behind < 0 || behind > RESUME_MAX || afterVersion < 0) return null;
  if (afterVersion <= ambiguousUpTo) return null; // guard: no-resume-from-ambiguous-version
  if (behind === 0) return { kind: 'changes', fromVersion: version, version, seats: [] };
  const changes = await readChangesTogether(db, eventId, afterVersion, version, TOGETHER_MAX);
  if (changes === null || changes.versions !== behind) return null; // guard: complete-resume
  return { kind: 'changes', fromVersion: afterVersion, version, seats: changes.seats };
}
