/*
 * Rules that tell a prober from a buyer by what it does. Everything here is pure: `record` and `judge` do no I/O and receive
 * the time. local-probing.ts applies the rules in memory, shared-probing.ts in Redis.
 *
 * A subject is an identity (a user), an address or a network. It has counters that decay exponentially, and a score: the
 * sum of what its counters exceed. At 1 it is slowed, at 2 it may not hold seats for some time, at 4 not at all.
 *
 * People share addresses and networks. Those are therefore judged by holds that came to nothing, less twice the holds that
 * were paid for: a school class pays for most of its holds, a bot with a hundred identities for none.
 */

export const scopes = ['identity', 'address', 'network'] as const;
export type Scope = (typeof scopes)[number];

/** Measures from the mildest to the strictest. */
export const measures = ['slowed', 'cool-down', 'closed'] as const;
export type Measure = (typeof measures)[number];

/** What a client did. */
export interface Signal {
  /** `taken`: wanted seats that are not available. `flagged`: an identity got a cool-down, or was closed. */
  readonly kind: 'taken' | 'held' | 'released' | 'expired' | 'confirmed' | 'flagged';
  /** Seat indexes: for `taken`, those that are not available. */
  readonly seats: readonly number[];
  /** How long the seats were held; 0 for `taken`, `held` and `flagged`. */
  readonly heldMs: number;
}

/** Counters of a subject. Those of seats have the seat's index appended. */
type CounterKind = 'attempts' | 'touched' | 'wasted' | 'paid' | 'probers' | 'tried' | 'dropped';

/** A counter that decays, and when it had this value. */
export interface Counter {
  readonly value: number;
  readonly atMs: number;
}

/** The state of one subject: counters by name, such as `wasted` or `tried:17`. */
export type SubjectState = ReadonlyMap<string, Counter>;

/** What a signal adds to one counter. */
export interface Increment {
  readonly counter: string;
  readonly amount: number;
  readonly halfLifeMs: number;
}

const MINUTE_MS = 60_000;

/** Time in which a counter loses half of its value. */
const halfLives: Readonly<Record<CounterKind, number>> = {
  // What happens within a minute: even a hectic buyer does not keep it up.
  attempts: MINUTE_MS,
  touched: MINUTE_MS,
  // A sniper returns to a seat until its hold ends.
  tried: 5 * MINUTE_MS,
  // Several hold times of five minutes: cycling holds becomes visible only after some of them.
  wasted: 30 * MINUTE_MS,
  paid: 30 * MINUTE_MS,
  probers: 30 * MINUTE_MS,
  dropped: 30 * MINUTE_MS,
};

/** A hold that was kept for this long and not paid for counts whole; shorter ones count by their time. */
const WASTED_WHOLE_MS = 3 * MINUTE_MS;
/** The least that a hold without payment counts, however short: ten changes of mind count as one hold. */
const WASTED_MIN = 0.1;
/** Holds without payment that one hold with payment makes up for. */
const PAID_MAKES_UP_FOR = 2;
/** Attempts on one taken seat that are not repeated ones: a map can be late, and a click can be double. */
const TRIES_FREE = 3;

/** One reason for a score: what exceeds `free`, divided by `per`. */
interface Term {
  readonly free: number;
  readonly per: number;
}

const reasons = ['attempts', 'retries', 'touched', 'wasted', 'probers'] as const;
type Reason = (typeof reasons)[number];

interface ScopeRules {
  readonly terms: Readonly<Record<Reason, Term | null>>;
  /** Minimum time between two holds of a slowed subject. */
  readonly slowedEveryMs: number;
  /** How long measures last. `closed` is null if the scope cannot be closed. */
  readonly lasts: { readonly slowed: number; readonly 'cool-down': number; readonly closed: number | null };
  /** Whole holds of a seat without payment after which the subject may not hold this seat for some time; null for no limit. */
  readonly droppedMax: number | null;
}

/** The rules of each scope. */
export const rules: Readonly<Record<Scope, ScopeRules>> = {
  identity: {
    terms: {
      // A buyer with an old map is refused every two seconds at worst, which makes a count of 45.
      attempts: { free: 45, per: 15 },
      // A buyer chooses other seats after a refusal. A sniper tries the same until they are free.
      retries: { free: 6, per: 6 },
      // Ten holds of ten seats within a minute. A hectic group of eight reaches 60.
      touched: { free: 80, per: 40 },
      // A buyer may miss the deadline twice and change their mind ten times.
      wasted: { free: 2, per: 1 },
      probers: null,
    },
    slowedEveryMs: 20_000,
    // An identity is one person, so that it can be closed for good: longer than a sale lasts.
    lasts: { slowed: 10 * MINUTE_MS, 'cool-down': 10 * MINUTE_MS, closed: 24 * 60 * MINUTE_MS },
    // The third hold of a seat, after two that took three minutes or longer.
    droppedMax: 2,
  },
  address: {
    terms: {
      // In a rush, most attempts of a crowd fail. They say nothing about an address.
      attempts: null,
      retries: null,
      touched: null,
      // A household may waste three holds and buy nothing.
      wasted: { free: 3, per: 2 },
      // Two probers behind an address may be other people than the next client.
      probers: { free: 2, per: 2 },
    },
    slowedEveryMs: 2_000,
    // Others may get the address later.
    lasts: { slowed: 10 * MINUTE_MS, 'cool-down': 10 * MINUTE_MS, closed: 60 * MINUTE_MS },
    droppedMax: 3,
  },
  network: {
    terms: {
      attempts: null,
      retries: null,
      touched: null,
      // A network has many customers. It is judged only if nearly all its holds come to nothing.
      wasted: { free: 12, per: 8 },
      probers: { free: 6, per: 6 },
    },
    slowedEveryMs: 500,
    // Never closed: it is too many people.
    lasts: { slowed: 10 * MINUTE_MS, 'cool-down': 5 * MINUTE_MS, closed: null },
    droppedMax: 5,
  },
};

/** Score from which a measure applies. */
const thresholds: Readonly<Record<Measure, number>> = { slowed: 1, 'cool-down': 2, closed: 4 };

/** Time for which a subject may not hold a seat that it has held too often without paying. Others may. */
export const SEAT_COOL_DOWN_MS = 10 * MINUTE_MS;

/** Maximum number of counters of one subject. Beyond it, the smallest counters of seats are dropped. */
export const COUNTERS_MAX = 96;

/** Time after which nothing of a subject's state matters: eight half-lives of its slowest counter. */
export const STATE_TTL_MS = 4 * 60 * MINUTE_MS;

/** Returns what a signal adds to the counters of a subject. */
export function toIncrements(scope: Scope, { kind, seats, heldMs }: Signal): Increment[] {
  const add = (counter: CounterKind, amount: number, seat?: number): Increment => ({
    counter: seat === undefined ? counter : `${counter}:${seat}`,
    amount,
    halfLifeMs: halfLives[counter],
  });
  const isIdentity = scope === 'identity';
  switch (kind) {
    case 'taken':
      if (!isIdentity) return [];
      return [
        add('attempts', 1),
        add('touched', seats.length),
        ...seats.map((seat) => add('tried', 1, seat)),
      ];
    case 'held':
      return isIdentity ? [add('touched', seats.length)] : [];
    case 'released':
    case 'expired': {
      // guard: short-holds-count-less
      const amount = Math.min(1, Math.max(WASTED_MIN, heldMs / WASTED_WHOLE_MS));
      return [add('wasted', amount), ...seats.map((seat) => add('dropped', amount, seat))];
    }
    case 'confirmed':
      return [add('paid', 1)];
    case 'flagged':
      return isIdentity ? [] : [add('probers', 1)];
  }
}

/** Returns the state after a signal. */
export function record(state: SubjectState, scope: Scope, signal: Signal, nowMs: number): SubjectState {
  const next = new Map(state);
  for (const { counter, amount, halfLifeMs } of toIncrements(scope, signal))
    next.set(counter, { value: decay(next.get(counter), halfLifeMs, nowMs) + amount, atMs: nowMs });
  return trim(next); // guard: counters-of-a-subject
}

/** The sum of what a subject's counters exceed, and its largest part. */
export interface Score {
  readonly score: number;
  readonly reason: Reason;
}

export function getScore(state: SubjectState, scope: Scope, nowMs: number): Score {
  const read = (kind: CounterKind) => decay(state.get(kind), halfLives[kind], nowMs);
  const madeUpFor = PAID_MAKES_UP_FOR * read('paid'); // guard: payments-make-up
  const values: Readonly<Record<Reason, () => number>> = {
    attempts: () => read('attempts'),
    retries: () => countRetries(state, nowMs),
    touched: () => read('touched'),
    wasted: () => read('wasted') - madeUpFor,
    probers: () => read('probers') - madeUpFor,
  };
  let score = 0;
  let largest = { part: 0, reason: reasons[0] as Reason };
  for (const reason of reasons) {
    const term = rules[scope].terms[reason];
    if (term === null) continue;
    const part = Math.max(0, values[reason]() - term.free) / term.per;
    score += part;
    if (part > largest.part) largest = { part, reason };
  }
  return { score, reason: largest.reason };
}

/** A measure that applies to a subject. */
export interface Judgement {
  readonly measure: Measure;
  readonly scope: Scope;
  readonly reason: Reason | 'seat';
  /** How long the measure lasts from now. */
  readonly lastsMs: number;
}

/** Returns the measure that the state of a subject asks for; null for none. */
export function judge(state: SubjectState, scope: Scope, nowMs: number): Judgement | null {
  const { score, reason } = getScore(state, scope, nowMs);
  for (const measure of measures.toReversed()) {
    const lastsMs = rules[scope].lasts[measure];
    if (lastsMs !== null && score >= thresholds[measure]) return { measure, scope, reason, lastsMs };
  }
  return null;
}

/** Returns which of the seats the subject has held too often without paying. */
export function findOverheldSeats(
  state: SubjectState,
  scope: Scope,
  seats: readonly number[],
  nowMs: number,
): number[] {
  const { droppedMax } = rules[scope];
  if (droppedMax === null) return [];
  return seats.filter((seat) => {
    // Less half a hold, because the counter decays between two holds.
    return decay(state.get(`dropped:${seat}`), halfLives.dropped, nowMs) > droppedMax - 0.5; // guard: seat-cool-down
  });
}

/** Returns the reason of a stored measure. */
export function toReason(text: string | undefined): Judgement['reason'] {
  return reasons.find((reason) => reason === text) ?? 'wasted';
}

/** Returns whether a measure is stricter than another. */
export function isStricter(measure: Measure, than: Measure): boolean {
  return measures.indexOf(measure) > measures.indexOf(than);
}

/** Returns the value of a counter now. noteSignals-n.lua computes the same. */
function decay(counter: Counter | undefined, halfLifeMs: number, nowMs: number): number {
  if (counter === undefined) return 0;
  // After the clock was set back, nothing has decayed.
  return counter.value * 2 ** (-Math.max(0, nowMs - counter.atMs) / halfLifeMs); // guard: counters-decay
}

function countRetries(state: SubjectState, nowMs: number): number {
  let retries = 0;
  for (const [name, counter] of state)
    if (name.startsWith('tried:'))
      retries += Math.max(0, decay(counter, halfLives.tried, nowMs) - TRIES_FREE);
  return retries;
}

function trim(state: Map<string, Counter>): Map<string, Counter> {
  if (state.size <= COUNTERS_MAX) return state;
  const seats = [...state].filter(([name]) => name.includes(':')).sort(([, a], [, b]) => a.atMs - b.atMs);
  for (const [name] of seats.slice(0, state.size - COUNTERS_MAX)) state.delete(name);
  return state;
}
