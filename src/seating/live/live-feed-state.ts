/**
 * State of a live feed.
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
