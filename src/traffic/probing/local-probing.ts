import { Cache } from '../../platform/cache.ts';
import {
  findOverheldSeats,
  isStricter,
  judge,
  record,
  rules,
  scopes,
  SEAT_COOL_DOWN_MS,
  toIncrements,
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
  /** While the subject is slowed: time from which it may try again. */
  nextTurnAtMs: number;
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
    const slowed: Judgement[] = [];
    for (const scope of scopes) {
      const { measure } = this.#subjects.get(`${scope} ${subjects[scope]}`) ?? { measure: null };
      if (measure === null || measure.untilMs <= nowMs) continue;
      const lastsMs = measure.untilMs - nowMs;
      if (measure.measure === 'slowed') slowed.push(measure);
      else if (strictest === null || isStricter(measure.measure, strictest.measure))
        strictest = { ...measure, lastsMs, retryAfterMs: lastsMs };
    }
    return strictest ?? this.#judgeSeats(subjects, seats, nowMs) ?? this.#takeTurn(subjects, slowed, nowMs);
  }

  /** Notes what a client did. Returns the measures that it newly meets. */
  record(subjects: Subjects, signal: Signal, nowMs: number): Judgement[] {
    const raised: Judgement[] = [];
    for (const scope of scopes) {
      if (toIncrements(scope, signal).length === 0) continue;
      const key = `${scope} ${subjects[scope]}`;
      const subject = this.#getSubject(key);
      subject.state = record(subject.state, scope, signal, nowMs);
      for (const seat of findOverheldSeats(subject.state, scope, signal.seats, nowMs))
        this.#seats.set(`${key} ${seat}`, { untilMs: nowMs + SEAT_COOL_DOWN_MS });
      const found = judge(subject.state, scope, nowMs);
      const last = subject.measure;
      const isLasting = last !== null && last.untilMs > nowMs;
      if (found === null || (isLasting && !isStricter(found.measure, last.measure))) continue;
      subject.measure = { ...found, untilMs: nowMs + found.lastsMs };
      raised.push(found);
    }
    // guard: flagged-identities-count
    if (raised.some(({ scope, measure }) => scope === 'identity' && measure !== 'slowed'))
      raised.push(...this.record(subjects, { kind: 'flagged', seats: [], heldMs: 0 }, nowMs));
    return raised;
  }

  #judgeSeats(subjects: Subjects, seats: readonly number[], nowMs: number): Measures | null {
    for (const scope of scopes)
      for (const seat of seats) {
        const lastsMs = (this.#seats.get(`${scope} ${subjects[scope]} ${seat}`)?.untilMs ?? 0) - nowMs;
        if (lastsMs > 0)
          return { measure: 'cool-down', scope, reason: 'seat', lastsMs, retryAfterMs: lastsMs };
      }
    return null;
  }

  /** Lets the client make one of the few attempts that its slowed subjects have, or returns the one that has to wait. */
  #takeTurn(subjects: Subjects, slowed: readonly Judgement[], nowMs: number): Measures | null {
    for (const found of slowed) {
      const { nextTurnAtMs } = this.#getSubject(`${found.scope} ${subjects[found.scope]}`);
      if (nextTurnAtMs > nowMs) return { ...found, retryAfterMs: nextTurnAtMs - nowMs };
    }
    for (const { scope } of slowed)
      this.#getSubject(`${scope} ${subjects[scope]}`).nextTurnAtMs = nowMs + rules[scope].slowedEveryMs;
    return null;
  }

  #getSubject(key: string): Subject {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = { state: new Map(), measure: null, nextTurnAtMs: 0 };
      this.#subjects.set(key, subject);
    }
    return subject;
  }
}
