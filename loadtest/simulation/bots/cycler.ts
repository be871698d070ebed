import { chooseSeats } from '../people/choose-seats.ts';
import type { Client } from '../people/client.ts';
import { jitter } from '../people/draws.ts';
import type { Course } from '../sale/schedule.ts';
import type { Base, Operator } from './operator.ts';

/** Keeps seats off sale, without buying them: holds them, gives them back, and holds them again. */
export interface Cycler extends Base {
  /** Number of holds that are kept at the same time, each with an identity of its own. */
  readonly holds: number;
  readonly seatsPerHold: number;
  /** Releases its holds before the deadline, or lets them expire. */
  readonly ends: 'release' | 'expire';
  /** Time before the deadline at which it releases. */
  readonly marginMs: number;
  /** Time until it holds seats again. */
  readonly gapMs: number;
  /** Holds the same seats again, or any. */
  readonly keepsSeats: boolean;
  /** Number of holds before a new identity takes the seats over. */
  readonly holdsPerIdentity: number;
  /** After a refusal, a new identity tries instead of waiting. */
  readonly replaces: boolean;
  /** Uses addresses in networks of buyers. */
  readonly hides: boolean;
}

const RETRY_SESSION_MS = 15_000;
const MAP_AGE_MS = 200;

export function startCyclers(operator: Operator, cycler: Cycler): void {
  const { sale, random } = operator;
  for (let i = 0; i < cycler.holds; i++)
    sale.schedule.start(keepHold(operator, cycler), random.next() * 10_000);
}

function* keepHold(operator: Operator, cycler: Cycler): Course {
  const { sale, random } = operator;
  let client = yield* getSession(operator);
  let holds = 0;
  let seats: readonly number[] | null = null;
  for (;;) {
    seats ??= chooseSeats(sale.hall, random, cycler.seatsPerHold, MAP_AGE_MS);
    if (seats === null) {
      yield jitter(random, 5_000);
      continue;
    }
    const answer = sale.holdSeats(client, seats);
    if (answer.kind === 'held') {
      holds++;
      const leftMs = answer.booking.holdExpiresAtMs - sale.nowMs;
      if (cycler.ends === 'expire') yield leftMs;
      else {
        yield leftMs - Math.min(leftMs, jitter(random, cycler.marginMs));
        sale.release(client, answer.booking.id);
      }
      if (holds % cycler.holdsPerIdentity === 0) client = yield* getSession(operator);
      yield jitter(random, cycler.gapMs);
      if (!cycler.keepsSeats) seats = null;
    } else if (answer.kind === 'taken') {
      seats = null;
      yield jitter(random, 1_500);
    } else {
      if (cycler.replaces && answer.measure !== null) client = yield* getSession(operator);
      else yield answer.retryAfterMs;
      yield jitter(random, 1_000);
    }
  }
}

export function* getSession(operator: Operator): Generator<number, Client, undefined> {
  for (;;) {
    const client = operator.startSession();
    if (client !== null) return client;
    yield jitter(operator.random, RETRY_SESSION_MS);
  }
}
