import { Cache } from '../../platform/cache.ts';
import {
  findOverheldSeats,
  isStricter,
  judge,
  record,
  rules,
  scopes,
  SEAT_COOL_DOWN_MS,
  type Judgement,
  type Scope,
  type Signal,
  type SubjectState,
} from './rules.ts';

/** The subjects of one client: an identity, its address and its network. Any texts that tell them apart. */
export type Subjects = Readonly<Record<Scope, string>>;

/** Why a client may not hold seats now. */
export interface Measures extends Judgement {
  readonly retryAfterMs: number;
}

interface Subject {
  state: SubjectState;
  measure: (Judgement & { readonly untilMs: number }) | null;
  /** Time of the last hold that was let through while the subject was slowed. */
  slowedAtMs: number;
}

/** The rules in the memory of one process. Forgets the subjects that were used least recently beyond `subjectsMax`. */
export class LocalProbing {
  readonly #subjects: Cache<string, Subject>;
  /** Seats that a subject may not hold: until when. */
  readonly #seats: Cache<string, { untilMs: number }>;

  constructor(subjectsMax: number) {
    this.#subjects = new Cache({ entriesMax: subjectsMax });
    this.#seats = new Cache({ entriesMax: subjectsMax });
  }

  /** Returns the strictest measure against the client; null if it may try to hold the seats. */
  judge(subjects: Subjects, seats: readonly number[], nowMs: number): Measures | null {
    let strictest: Measures | null = null;
    const slowed: Subject[] = [];
    for (const scope of scopes) {
      const found = this.#judgeSubject(scope, subjects[scope], seats, nowMs, slowed);
      if (found !== null && (strictest === null || isStricter(found.measure, strictest.measure)))
        strictest = found;
    }
    // A hold that is refused does not use up the turn of a slowed subject.
    // guard: refused-hold-keeps-turn
    if (strictest === null) for (const subject of slowed) subject.slowedAtMs = nowMs;
    return strictest;
  }

  /** Notes what a client did. Returns the measures that it newly meets. */
  record(subjects: Subjects, signal: Signal, nowMs: number): Judgement[] {
    const raised: Judgement[] = [];
    for (const scope of scopes) {
      const key = subjects[scope];
      const subject = this.#getSubject(`${scope} ${key}`);
      subject.state = record(subject.state, scope, signal, nowMs);
      for (const seat of findOverheldSeats(subject.state, scope, signal.seats, nowMs))
        this.#seats.set(`${scope} ${key} ${seat}`, { untilMs: nowMs + SEAT_COOL_DOWN_MS });
      const found = judge(subject.state, scope, nowMs);
      const last = subject.measure;
      const isLasting = last !== null && last.untilMs > nowMs;
      if (found === null || (isLasting && !isStricter(found.measure, last.measure))) continue;
      subject.measure = { ...found, untilMs: nowMs + found.lastsMs };
      raised.push(found);
      if (scope === 'identity' && found.measure !== 'slowed')
        raised.push(...this.record(subjects, { kind: 'flagged', seats: [], heldMs: 0 }, nowMs));
    }
    return raised;
  }

  #judgeSubject(
    scope: Scope,
    key: string,
    seats: readonly number[],
    nowMs: number,
    slowed: Subject[],
  ): Measures | null {
    const subject = this.#subjects.get(`${scope} ${key}`);
    if (subject === undefined) return null;
    const { measure } = subject;
    if (measure !== null && measure.untilMs > nowMs) {
      if (measure.measure !== 'slowed') return { ...measure, retryAfterMs: measure.untilMs - nowMs };
      const freeAtMs = subject.slowedAtMs + rules[scope].slowedEveryMs;
      if (freeAtMs > nowMs) return { ...measure, retryAfterMs: freeAtMs - nowMs };
      slowed.push(subject);
    }
    return this.#judgeSeats(scope, key, seats, nowMs);
  }

  #judgeSeats(scope: Scope, key: string, seats: readonly number[], nowMs: number): Measures | null {
    for (const seat of seats) {
      const untilMs = this.#seats.get(`${scope} ${key} ${seat}`)?.untilMs ?? 0;
      if (untilMs <= nowMs) continue;
      const lastsMs = untilMs - nowMs;
      return { measure: 'cool-down', scope, reason: 'seat', lastsMs, retryAfterMs: lastsMs };
    }
    return null;
  }

  #getSubject(key: string): Subject {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = { state: new Map(), measure: null, slowedAtMs: -Infinity };
      this.#subjects.set(key, subject);
    }
    return subject;
  }
}
