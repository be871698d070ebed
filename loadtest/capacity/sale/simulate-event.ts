import {
  decideAdmissions,
  initialControl,
  judgePressure,
  type Control,
} from '../../../src/waiting-room/rules/admission-control.ts';
import { Random } from '../../../test/torture/random.ts';
import { drawExponential, drawLogNormal } from '../../simulation/people/draws.ts';
import type { Costs } from '../inputs.ts';
import { Calendar } from './calendar.ts';
import { drawCrowd, DRAWN_AFTER_SECONDS, recordLobby, type Crowd } from './crowd.ts';
import { CLAIM_WITHIN_SECONDS, habits, HOLD_SECONDS, seatsPerBooking } from './habits.ts';
import { Lane } from './lane.ts';
import type { Pace } from './pace.ts';
import type { Sale } from './sale.ts';
import { Series } from './series.ts';

/** What became of the people of an event. Everybody is counted once. */
export interface Outcomes {
  bought: number;
  released: number;
  expired: number;
  /** Admitted, but got no seats. */
  gaveUp: number;
  /** Called after they had closed the page. */
  absent: number;
  /** Still waiting, or gone, when everything was sold. */
  notCalled: number;
  /** Arrived when everything was sold. */
  tooLate: number;
}

export const noOutcomes: Outcomes = {
  bought: 0,
  released: 0,
  expired: 0,
  gaveUp: 0,
  absent: 0,
  notCalled: 0,
  tooLate: 0,
};

export interface EventResult {
  readonly series: Series;
  readonly outcomes: Outcomes;
  /** Seconds from the beginning of the sale; null if seats are left. */
  readonly soldOutAfter: number | null;
  readonly slowestP95Ms: number;
}

export const HOURS_MAX = 3;
const SECONDS_MAX = HOURS_MAX * 3_600;
const ACTIONS = { visit: 0, hold: 1, confirm: 2, release: 3, expire: 4, absent: 5 } as const;

/** Simulates the sale of one event. The waiting room calls numbers by the rule of the server (`decideAdmissions`). */
export function simulateEvent(
  people: number,
  sale: Sale,
  pace: Pace,
  costs: Costs,
  seed: number,
): EventResult {
  return new EventSale(people, sale, pace, costs, new Random(seed)).run();
}

class EventSale {
  readonly #sale: Sale;
  readonly #pace: Pace;
  readonly #random: Random;
  readonly #crowd: Crowd;
  readonly #calendar: Calendar;
  readonly #lane: Lane;
  readonly #series = new Series(habits.lobbySeconds, SECONDS_MAX);
  readonly #action: Uint8Array;
  readonly #attempts: Uint8Array;
  readonly #seatsOf: Uint8Array;
  readonly #outcomes = { ...noOutcomes };
  #available: number;
  #held = 0;
  #inside = 0;
  #arrived: number;
  #nowServing = 0;
  #control: Control = initialControl;
  #attemptsNow = 0;
  #attemptsBefore = 0;
  #soldOutAfter: number | null = null;
  #slowestP95Ms = 0;

  constructor(people: number, sale: Sale, pace: Pace, costs: Costs, random: Random) {
    this.#sale = sale;
    this.#pace = pace;
    this.#random = random;
    this.#crowd = drawCrowd(people, sale, random);
    this.#calendar = new Calendar(people, SECONDS_MAX);
    this.#lane = new Lane(costs);
    this.#action = new Uint8Array(people);
    this.#attempts = new Uint8Array(people);
    this.#seatsOf = new Uint8Array(people);
    this.#available = sale.seatsPerEvent;
    this.#arrived = this.#crowd.lobby;
  }

  run(): EventResult {
    recordLobby(this.#crowd, this.#sale, this.#series, this.#random);
    this.#series.of.available.fill(this.#available, 0, this.#series.before);
    for (let second = 0; second < SECONDS_MAX; second++) {
      this.#arrive(second + 1);
      this.#call(second);
      this.#attemptsBefore = this.#attemptsNow;
      this.#attemptsNow = 0;
      this.#calendar.take(second, (person, time) => this.#act(person, time));
      this.#record(second);
    }
    this.#dismiss();
    this.#series.accumulate('waiting');
    return {
      series: this.#series,
      outcomes: this.#outcomes,
      soldOutAfter: this.#soldOutAfter,
      slowestP95Ms: this.#slowestP95Ms,
    };
  }

  /** Lets those arrive who come after the beginning of the sale. */
  #arrive(until: number): void {
    const { arrivesAt } = this.#crowd;
    for (; (arrivesAt[this.#arrived] ?? Infinity) < until; this.#arrived++) {
      const time = arrivesAt[this.#arrived] ?? 0;
      this.#series.add('visits', time);
      if (this.#soldOutAfter !== null) continue;
      this.#series.add('joins', time);
      this.#series.add('waiting', time);
    }
  }

  #call(second: number): void {
    const { admit, control } = decideAdmissions({
      nowMs: second * 1_000,
      lastTickMs: second === 0 ? null : (second - 1) * 1_000,
      paused: second < DRAWN_AFTER_SECONDS || this.#soldOutAfter !== null,
      pacePerMinute: this.#pace.perMinute,
      insideMax: this.#pace.insideMax,
      inside: this.#inside,
      late: 0,
      nowServing: this.#nowServing,
      lastNumber: this.#arrived,
      seats: { available: this.#available, held: this.#held, perBuyer: seatsPerBooking },
      control: this.#control,
    });
    this.#control = control;
    this.#series.add('called', second, admit);
    for (let i = 0; i < admit; i++) this.#admit(this.#nowServing++, second);
    this.#inside += admit; // guard: simulated-slots
  }

  #admit(person: number, second: number): void {
    const leavesAt = this.#crowd.leavesAt[person] ?? 0;
    const isHere = leavesAt > second;
    this.#series.add('waiting', isHere ? second : leavesAt, -1);
    const [least, most] = habits.claimSeconds;
    if (isHere) this.#plan(person, ACTIONS.visit, second + least + (most - least) * this.#random.next());
    else this.#plan(person, ACTIONS.absent, second + CLAIM_WITHIN_SECONDS);
  }

  #plan(person: number, action: number, time: number): void {
    this.#action[person] = action;
    this.#calendar.add(person, time);
  }

  #act(person: number, time: number): void {
    const seats = this.#seatsOf[person] ?? 0;
    switch (this.#action[person]) {
      case ACTIONS.visit:
        this.#series.add('admissions', time);
        return this.#plan(person, ACTIONS.hold, time + this.#after(habits.chooseSeconds));
      case ACTIONS.hold:
        return this.#hold(person, time);
      case ACTIONS.confirm:
        this.#series.add('ends', time);
        this.#held -= seats;
        return this.#leave('bought');
      case ACTIONS.release:
        this.#giveBack(seats, time);
        return this.#leave('released');
      case ACTIONS.expire:
        this.#giveBack(seats, time);
        return this.#leave('expired');
      default:
        return this.#leave('absent');
    }
  }

  #hold(person: number, time: number): void {
    // People see on the live map that a hall is full, and do not try to hold.
    const isAsking = this.#available > 0;
    if (isAsking) this.#series.add('holds', time);
    if (isAsking) this.#attemptsNow++;
    const rivals = (habits.rivalry * this.#attemptsBefore * seatsPerBooking) / this.#available;
    if (!isAsking || this.#random.chance(Math.min(0.9, rivals))) {
      this.#attempts[person] = (this.#attempts[person] ?? 0) + 1;
      if ((this.#attempts[person] ?? 0) >= habits.attemptsMax) return this.#leave('gaveUp');
      return this.#plan(person, ACTIONS.hold, time + this.#after(habits.chooseAgainSeconds));
    }
    // The last buyers take fewer seats than they wanted.
    const seats = Math.min(this.#available, this.#drawSeats()); // guard: simulated-last-seats
    this.#series.add('taken', time);
    this.#seatsOf[person] = seats;
    this.#available -= seats;
    this.#held += seats;
    const end = this.#random.next();
    const { confirmShare, releaseShare } = habits;
    if (end >= confirmShare + releaseShare) return this.#plan(person, ACTIONS.expire, time + HOLD_SECONDS);
    const action = end < confirmShare ? ACTIONS.confirm : ACTIONS.release;
    this.#plan(person, action, time + Math.min(HOLD_SECONDS - 1, this.#after(habits.paySeconds)));
  }

  #giveBack(seats: number, time: number): void {
    this.#series.add('ends', time);
    this.#held -= seats;
    this.#available += seats;
  }

  #leave(outcome: keyof Outcomes): void {
    this.#outcomes[outcome]++;
    this.#inside--;
  }

  /** Looks at the lane after a second, as the worker does, and records the state. */
  #record(second: number): void {
    const { of, before } = this.#series;
    const at = second + before;
    const { batches, health } = this.#lane.take((of.holds[at] ?? 0) + (of.ends[at] ?? 0));
    this.#control = judgePressure(this.#control, health, (second + 1) * 1_000);
    this.#slowestP95Ms = Math.max(this.#slowestP95Ms, health.p95Ms);
    of.batches[at] = batches;
    of.inside[at] = this.#inside;
    of.available[at] = this.#available;
    of.held[at] = this.#held;
    of.sold[at] = this.#sale.seatsPerEvent - this.#available - this.#held;
    if (this.#soldOutAfter === null && this.#available + this.#held === 0) this.#soldOutAfter = second + 1;
  }

  /** Lets those leave who were not called. */
  #dismiss(): void {
    const { arrivesAt, leavesAt } = this.#crowd;
    const end = this.#soldOutAfter ?? Infinity;
    for (let person = this.#nowServing; person < arrivesAt.length; person++) {
      if ((arrivesAt[person] ?? 0) >= end) {
        this.#outcomes.tooLate++;
        continue;
      }
      const disappointed = end + drawExponential(this.#random, habits.disappointedSeconds);
      this.#series.add('waiting', Math.min(leavesAt[person] ?? 0, disappointed), -1);
      this.#outcomes.notCalled++;
    }
  }

  /** Returns a time of at least a tenth of a second around a median. */
  #after(median: number): number {
    return Math.max(0.1, drawLogNormal(this.#random, median, habits.spread));
  }

  #drawSeats(): number {
    let left = this.#random.next();
    for (const [i, share] of habits.partyShares.entries()) {
      left -= share;
      if (left < 0) return i + 1;
    }
    return habits.partyShares.length;
  }
}
