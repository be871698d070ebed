import { sleep } from 'k6';
import { browse, holdSeats, mutate, type Result } from './api.ts';
import { findFreeSeats, findSeats } from './find-seats.ts';
import type { Visitor, VisitReport } from './handover.ts';
import { plan } from './plan.ts';
import { around, randomBelow } from './random.ts';

const SEATS_MAX = 4;
const BUYER_ATTEMPTS_MAX = 20;
const BOT_ATTEMPTS_MAX = 10;
const PROBES = 30;
const CYCLES = 8;
const EXPIRIES = 2;

/** What buyers do with their seats; the others leave without a word. */
const CONFIRM_SHARE = 0.85;
const RELEASE_SHARE = 0.05;

/** Refusals that are part of a sale. A buyer must meet no rate limit. */
const BUYER_EXPECTS = ['ADMISSION_REQUIRED', 'HOLD_EXPIRED', 'SEATS_UNAVAILABLE', 'SEAT_LIMIT_EXCEEDED'];
const BOT_EXPECTS = [...BUYER_EXPECTS, 'RATE_LIMITED', 'BOOKING_STATE', 'BUSY'];

/** One person inside: calls the API and remembers the outcomes. */
class Person {
  readonly #visitor: Visitor;
  readonly #expected: readonly string[];
  readonly outcomes: Record<string, number> = {};
  #admission: string | null = null;
  admittedAt: number | null = null;

  constructor(visitor: Visitor, expected: readonly string[]) {
    this.#visitor = visitor;
    this.#expected = expected;
  }

  /** Claims the admission, or renews it. Retries while no slot is free, as a page does. */
  enter(attempts = 5): boolean {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { placeToken } = this.#visitor;
      const result = this.#mutate('claimAdmission', { placeToken });
      if (result.token !== undefined) {
        this.#admission = result.token;
        this.admittedAt ??= Date.now();
        return true;
      }
      sleep(around(1));
    }
    return false;
  }

  /** Returns the states of the seats, or null if the server does not answer. */
  look(): string | null {
    return browse(this.#visitor.token)?.seatMap.states ?? null;
  }

  hold(seats: readonly number[]): Result {
    const { token } = this.#visitor;
    const result = holdSeats(seats, token, this.#admission, this.#expected);
    this.#count('holdSeats', result);
    return result;
  }

  confirm(bookingId: string): boolean {
    return this.#mutate('confirmBooking', { bookingId }).status !== undefined;
  }

  release(bookingId: string): void {
    this.#mutate('releaseBooking', { bookingId });
  }

  #mutate(operation: 'claimAdmission' | 'confirmBooking' | 'releaseBooking', input: object): Result {
    const result = mutate(operation, input, this.#visitor.token, this.#expected);
    this.#count(operation, result);
    return result;
  }

  #count(operation: string, { code, status, token }: Result): void {
    const name = `${operation} ${code ?? status ?? (token === undefined ? 'NO_DATA' : 'ADMITTED')}`;
    this.outcomes[name] = (this.outcomes[name] ?? 0) + 1;
  }
}

const behaviors: Readonly<Record<string, (person: Person) => string>> = {
  buyer,
  prober,
  cycler,
  expirer,
  reseller,
};

/** Plays the visit of a person whose number was called. */
export function visit(kind: string, visitor: Visitor): VisitReport {
  const person = new Person(visitor, kind === 'buyer' ? BUYER_EXPECTS : BOT_EXPECTS);
  const end = person.enter() ? (behaviors[kind] ?? buyer)(person) : 'not admitted';
  const { admittedAt, outcomes } = person;
  return { person: visitor.person, admittedAt, end, outcomes };
}

/** Browses, thinks, holds one to four seats, thinks, and mostly pays. Takes fewer seats if no more are free. */
function buyer(person: Person): string {
  const wanted = 1 + randomBelow(SEATS_MAX);
  const bookingId = findAndHold(person, wanted, plan.thinkSeconds, BUYER_ATTEMPTS_MAX);
  if (bookingId === null) return 'no seats';
  sleep(around(2 * plan.thinkSeconds));
  const choice = Math.random();
  if (choice < CONFIRM_SHARE) return person.confirm(bookingId) ? 'bought' : 'too late';
  if (choice >= CONFIRM_SHARE + RELEASE_SHARE) return 'abandoned';
  person.release(bookingId);
  return 'released';
}

/** Buys as many seats as it gets, without thinking. */
function reseller(person: Person): string {
  const bookingId = findAndHold(person, SEATS_MAX, plan.thinkSeconds / 10, BOT_ATTEMPTS_MAX);
  if (bookingId === null) return 'no seats';
  return person.confirm(bookingId) ? 'bought' : 'too late';
}

/** Asks for a taken seat every half second, and releases what it gets. */
function prober(person: Person): string {
  for (let probe = 0; probe < PROBES; probe++) {
    const states = person.look();
    const seats = states === null ? null : findSeats(states, 1, (status) => status !== 0);
    if (seats !== null) {
      const { id } = person.hold(seats);
      if (id !== undefined) person.release(id);
    }
    sleep(around(plan.thinkSeconds / 6));
  }
  return 'gave up';
}

/** Holds four seats, keeps them for a while, releases them, and holds again. */
function cycler(person: Person): string {
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    if (!person.enter(1)) break;
    const bookingId = findAndHold(person, SEATS_MAX, plan.thinkSeconds / 10, BOT_ATTEMPTS_MAX);
    if (bookingId === null) break;
    sleep(around(2 * plan.thinkSeconds));
    person.release(bookingId);
  }
  return 'gave up';
}

/** Holds four seats until they expire, and holds again. */
function expirer(person: Person): string {
  for (let turn = 0; turn < EXPIRIES; turn++) {
    if (!person.enter(1)) break;
    const bookingId = findAndHold(person, SEATS_MAX, plan.thinkSeconds / 10, BOT_ATTEMPTS_MAX);
    if (bookingId === null) break;
    sleep((plan.handover?.holdTtlSeconds ?? 0) + 1);
  }
  return 'gave up';
}

/** Looks for free seats and tries to hold them, with a pause before each attempt. */
function findAndHold(person: Person, wanted: number, pauseSeconds: number, attempts: number): string | null {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const states = person.look();
    sleep(around(pauseSeconds));
    const seats = states === null ? null : findFreeSeats(states, wanted);
    if (seats === null) continue;
    const { id, code } = person.hold(seats);
    if (id !== undefined) return id;
    if (code !== 'SEATS_UNAVAILABLE' && code !== 'RATE_LIMITED') return null;
  }
  return null;
}
