import type { SeatsChanged } from '../../messaging/messages.ts';
import { metrics } from '../../platform/observability/metrics.ts';

/**
 * State of a live feed:
 *
 *     starting ──loaded──▶ live ──gapFound──▶ waiting
 *                          ▲ │ ◀──caughtUp──   │
 *                          │ │                 │ gapTimedOut,
 *              repairEnded │ │ conflictFound   │ conflictFound
 *                          │ ▼                 │
 *                        repairing ◀───────────┘
 *                          ▲ │
 *                 caughtUp │ │ gapFound
 *                          │ ▼
 *                     repairingBehind ──repairEnded──▶ waiting
 *
 *     any state ──closed──▶ closed
 *
 * - `starting`: subscribed to the event's messages; the map is not read yet, so changes are buffered.
 * - `live`: no change is missing, as far as the feed knows.
 * - `waiting`: a change is missing and may still arrive; a timer is running.
 * - `repairing`: missing changes, or the whole map, are being read from the database.
 * - `repairingBehind`: as `repairing`, and another change is missing that this read may not contain; the timer is running.
 * - `closed`: stopped, or failed to start. Final.
 */
export type FeedState = 'starting' | 'live' | 'waiting' | 'repairing' | 'repairingBehind' | 'closed';

/**
 * - `loaded`: the first map is read.
 * - `gapFound`: a message or a poll shows that a change is missing.
 * - `caughtUp`: a change was applied, and no buffered change is left that waits for another.
 * - `conflictFound`: the database has, or may have, another history: a version by another batch, or a lower version.
 * - `gapTimedOut`: the missing change did not arrive in time.
 * - `repairEnded`: the read ended. If it failed, the next poll finds the gap again.
 * - `closed`: the feed was stopped.
 */
export type FeedEvent =
  'loaded' | 'gapFound' | 'caughtUp' | 'conflictFound' | 'gapTimedOut' | 'repairEnded' | 'closed';

type Row = Readonly<Record<FeedEvent, FeedState>>;

/** Every state with every event. An event that cannot occur in a state leaves it unchanged. */
const transitions: Readonly<Record<FeedState, Row>> = {
  starting: {
    loaded: 'live',
    gapFound: 'starting',
    caughtUp: 'starting',
    conflictFound: 'starting',
    gapTimedOut: 'starting',
    repairEnded: 'starting',
    closed: 'closed',
  },
  live: {
    loaded: 'live',
    gapFound: 'waiting',
    caughtUp: 'live',
    conflictFound: 'repairing',
    gapTimedOut: 'live',
    repairEnded: 'live',
    closed: 'closed',
  },
  waiting: {
    loaded: 'waiting',
    gapFound: 'waiting',
    caughtUp: 'live',
    conflictFound: 'repairing',
    gapTimedOut: 'repairing',
    repairEnded: 'waiting',
    closed: 'closed',
  },
  repairing: {
    loaded: 'repairing',
    gapFound: 'repairingBehind',
    caughtUp: 'repairing',
    // The next poll finds out whether the read in progress was enough.
    conflictFound: 'repairing',
    gapTimedOut: 'repairing',
    repairEnded: 'live',
    closed: 'closed',
  },
  repairingBehind: {
    loaded: 'repairingBehind',
    gapFound: 'repairingBehind',
    caughtUp: 'repairing',
    conflictFound: 'repairingBehind',
    // The read in progress may have begun too early for the missing change: wait again.
    gapTimedOut: 'repairingBehind',
    repairEnded: 'waiting', // guard: gap-during-repair
    closed: 'closed',
  },
  closed: {
    loaded: 'closed',
    gapFound: 'closed',
    caughtUp: 'closed',
    conflictFound: 'closed',
    gapTimedOut: 'closed',
    repairEnded: 'closed',
    closed: 'closed',
  },
};

export function nextFeedState(state: FeedState, event: FeedEvent): FeedState {
  return transitions[state][event];
}

/** Returns true in the states in which the gap timer runs. */
export function isBehind(state: FeedState): boolean {
  return state === 'waiting' || state === 'repairingBehind';
}

export function isRepairing(state: FeedState): boolean {
  return state === 'repairing' || state === 'repairingBehind';
}

/** Maximum number of buffered changes. Further ones are dropped, and read from the database later. */
const BUFFERED_MAX = 256;

/**
 * Changes that arrived before the one that they continue. They are indexed by the batch that they continue, not by its
 * version: a change of another history can have the same version.
 */
export class ReorderBuffer {
  readonly #byPreviousBatch = new Map<string, SeatsChanged>();

  get isEmpty(): boolean {
    return this.#byPreviousBatch.size === 0;
  }

  add(change: SeatsChanged): void {
    if (this.#byPreviousBatch.size < BUFFERED_MAX) this.#byPreviousBatch.set(change.previousBatchId, change);
  }

  /** Returns the change that continues this batch. */
  getNext(batchId: string): SeatsChanged | undefined {
    return this.#byPreviousBatch.get(batchId);
  }

  delete(change: SeatsChanged): void {
    this.#byPreviousBatch.delete(change.previousBatchId);
  }

  /** Deletes the changes whose version is at most this one. */
  deleteUpTo(version: number): void {
    for (const change of this.#byPreviousBatch.values()) if (change.version <= version) this.delete(change);
  }

  clear(): void {
    this.#byPreviousBatch.clear();
  }
}

/** Time to wait for a missing change: another process has sent it or will. */
const REORDER_WAIT_MS = 50;

/**
 * Reports that the version after the feed's own does not arrive. If the feed has advanced in the meantime it is not stuck,
 * even if other messages are ahead of it again: the next missing version gets the same time.
 */
export class GapTimer {
  readonly #currentVersion: () => number;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(currentVersion: () => number, onStuck: () => void) {
    this.#currentVersion = currentVersion;
    this.#onStuck = onStuck;
  }

  /** Waits for the version after the current one. Does nothing while the timer is running. */
  start(): void {
    const version = this.#currentVersion();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // guard: gap-timer-restarts
      // guard: progressing-feed-not-repaired
      if (this.#currentVersion() === version) this.#reportGap();
      else this.start();
    }, REORDER_WAIT_MS);
  }

  #reportGap(): void {
    metrics.feedGaps.inc();
    this.#onStuck();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
