import { chooseSeats } from '../people/choose-seats.ts';
import { jitter } from '../people/draws.ts';
import type { Course } from '../sale/schedule.ts';
import { getSession } from './cycler.ts';
import type { Base, Operator } from './operator.ts';

/** Buys as many seats as it can, with many identities in one network, to resell them. */
export interface ScraperBuyer extends Base {
  readonly identities: number;
  readonly seatsPerHold: number;
  /** Number of bookings of each identity. */
  readonly bookings: number;
  /** Mean time between the starts of two identities. */
  readonly startGapMs: number;
  readonly payMs: number;
  readonly replaces: boolean;
}

const MAP_AGE_MS = 200;
const ATTEMPTS_MAX = 60;

export function startScraperBuyers(operator: Operator, scraper: ScraperBuyer): void {
  let atMs = 0;
  for (let i = 0; i < scraper.identities; i++) {
    operator.sale.schedule.start(buy(operator, scraper), atMs);
    atMs += jitter(operator.random, scraper.startGapMs, 0.9);
  }
}

function* buy(operator: Operator, scraper: ScraperBuyer): Course {
  const { sale, random } = operator;
  let client = yield* getSession(operator);
  let bookings = 0;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && bookings < scraper.bookings; attempt++) {
    const seats = chooseSeats(sale.hall, random, scraper.seatsPerHold, MAP_AGE_MS);
    if (seats === null) {
      yield jitter(random, 10_000);
      continue;
    }
    const answer = sale.holdSeats(client, seats);
    if (answer.kind === 'held') {
      yield jitter(random, scraper.payMs);
      if (sale.confirm(client, answer.booking.id)) bookings++;
    } else if (answer.kind === 'refused') {
      if (scraper.replaces && answer.measure !== null) client = yield* getSession(operator);
      else yield answer.retryAfterMs;
    }
    yield jitter(random, 1_000);
  }
}
