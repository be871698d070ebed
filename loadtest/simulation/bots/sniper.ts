import type { Client } from '../people/client.ts';
import { jitter } from '../people/draws.ts';
import type { Course } from '../sale/schedule.ts';
import { getSession } from './cycler.ts';
import type { Base, Operator } from './operator.ts';

/** Tries to get seats that others hold, at the moment when they come free. */
export interface Sniper extends Base {
  readonly identities: number;
  /** Tries held seats all the time, or only about their deadlines, which it takes from the map. */
  readonly aims: 'always' | 'at deadlines';
  readonly intervalMs: number;
  readonly seatsPerTry: number;
  /** Probability that it pays for what it gets; otherwise it lets the hold expire. */
  readonly pays: number;
  readonly replaces: boolean;
}

/** Time before and after a deadline in which it tries. */
const AIM_BEFORE_MS = 1_000;
const AIM_AFTER_MS = 3_000;
const PAY_MS = 20_000;

export function startSnipers(operator: Operator, sniper: Sniper): void {
  const { sale, random } = operator;
  for (let i = 0; i < sniper.identities; i++)
    sale.schedule.start(snipe(operator, sniper), 5_000 + random.next() * 30_000);
}

function* snipe(operator: Operator, sniper: Sniper): Course {
  const { sale, random } = operator;
  let client = yield* getSession(operator);
  for (;;) {
    const target = findTarget(operator, sniper);
    if (target === null) {
      yield jitter(random, 2_000);
      continue;
    }
    yield Math.max(0, target.atMs - AIM_BEFORE_MS - sale.nowMs);
    const tryUntilMs =
      sniper.aims === 'always' ? sale.nowMs + 10_000 : target.atMs + jitter(random, AIM_AFTER_MS);
    client = yield* tryFor(operator, sniper, client, target.seats, tryUntilMs);
  }
}

/** Tries the same seats until it has them, or for some time. Returns the identity to continue with. */
function* tryFor(
  operator: Operator,
  sniper: Sniper,
  client: Client,
  seats: readonly number[],
  untilMs: number,
): Generator<number, Client, undefined> {
  const { sale, random } = operator;
  while (sale.nowMs < untilMs) {
    const answer = sale.holdSeats(client, seats);
    if (answer.kind === 'held') {
      if (random.chance(sniper.pays)) {
        yield jitter(random, PAY_MS);
        sale.confirm(client, answer.booking.id);
        return yield* getSession(operator);
      }
      yield answer.booking.holdExpiresAtMs - sale.nowMs;
      return client;
    }
    if (answer.kind === 'refused') {
      if (sniper.replaces && answer.measure !== null) return yield* getSession(operator);
      yield answer.retryAfterMs;
    }
    yield jitter(random, sniper.intervalMs);
  }
  return client;
}

/** Finds adjacent seats that are held, with the last of their deadlines. */
function findTarget({ sale, random }: Operator, { seatsPerTry, aims }: Sniper) {
  const { hall } = sale;
  const start = random.whole(0, hall.seatsTotal - 1);
  let run: number[] = [];
  let atMs = sale.nowMs;
  for (let step = 0; step < hall.seatsTotal; step++) {
    const seat = (start + step) % hall.seatsTotal;
    const deadline = hall.guessDeadline(seat);
    if (seat % hall.rowLength === 0 || deadline === null) [run, atMs] = [[], sale.nowMs];
    if (deadline === null) continue;
    run.push(seat);
    atMs = Math.max(atMs, deadline);
    if (run.length === seatsPerTry) return { seats: run, atMs: aims === 'always' ? sale.nowMs : atMs };
  }
  return null;
}
