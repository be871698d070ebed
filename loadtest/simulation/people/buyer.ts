import type { Random } from '../../../test/torture/random.ts';
import type { BookingRecord } from '../../../src/booking/rules/model.ts';
import type { Sale } from '../sale/sale.ts';
import type { Course } from '../sale/schedule.ts';
import { chooseSeats } from './choose-seats.ts';
import type { Client } from './client.ts';
import { drawExponential, drawLogNormal } from './draws.ts';

/** Habits of one buyer. */
interface Habits {
  readonly seats: number;
  /** Age of the map when it is updated live; the others look at the map that they loaded last. */
  readonly mapAgeMs: number;
  readonly isLive: boolean;
  /** Leaves the choice to the server. */
  readonly takesBest: boolean;
  /** Median time between two attempts. */
  readonly pauseMs: number;
  /** Refusals after which the buyer leaves. */
  readonly refusalsMax: number;
  readonly patienceMs: number;
  /** How often the buyer gives seats back to choose others. */
  readonly changesOfMind: number;
}

function drawHabits(random: Random, unrest: number): Habits {
  const isFrantic = random.chance(0.04 * unrest);
  return {
    seats: random.weighted([
      [20, 1],
      [45, 2],
      [12, 3],
      [18, 4],
      [5, random.whole(5, 8)],
    ]),
    mapAgeMs: drawLogNormal(random, 900, 0.7),
    isLive: !isFrantic && random.chance(0.85),
    takesBest: random.chance(0.2),
    pauseMs: isFrantic ? 1_300 : drawLogNormal(random, 5_000, 0.5),
    refusalsMax: Math.ceil(2 + drawExponential(random, isFrantic ? 30 : 8)),
    patienceMs: 60_000 + drawExponential(random, 8 * 60_000),
    changesOfMind: random.weighted([
      [100 - 18 * unrest, 0],
      [11 * unrest, 1],
      [4 * unrest, 2],
      [2 * unrest, random.whole(3, 5)],
      [unrest, random.whole(6, 9)],
    ]),
  };
}

/**
 * A buyer's visit: looks at the map, tries to hold seats, and then pays, changes their mind, or leaves.
 *
 * @param unrest factor of the shares of buyers who click frantically, change their mind, or do not pay.
 */
export function* visit(sale: Sale, client: Client, unrest: number, random: Random): Course {
  const habits = drawHabits(random, unrest);
  const leavesAtMs = sale.nowMs + habits.patienceMs;
  let changesLeft = habits.changesOfMind;
  let hasWalkedOff = false;
  for (;;) {
    const booking = yield* findSeats(sale, client, habits, leavesAtMs, random);
    if (booking === null) return;
    if (changesLeft > 0) {
      changesLeft--;
      yield drawLogNormal(random, 20_000, 0.8);
      sale.release(client, booking.id);
      continue;
    }
    const fate = random.weighted<'pays' | 'leaves' | 'releases'>([
      [100 - 14 * unrest, 'pays'],
      [9 * unrest, 'leaves'],
      [5 * unrest, 'releases'],
    ]);
    if (fate === 'releases') {
      yield drawLogNormal(random, 40_000, 0.8);
      return sale.release(client, booking.id);
    }
    if (fate === 'pays') {
      // Some do not find their card in time.
      yield drawLogNormal(random, 80_000, 0.6);
      if (sale.confirm(client, booking.id)) return;
    } else {
      yield booking.holdExpiresAtMs - sale.nowMs;
    }
    if (hasWalkedOff || !random.chance(0.4)) return;
    hasWalkedOff = true;
    yield drawLogNormal(random, 30_000, 1);
  }
}

/** Tries until seats are held. Returns null if the buyer gives up. */
function* findSeats(
  sale: Sale,
  client: Client,
  habits: Habits,
  leavesAtMs: number,
  random: Random,
): Generator<number, BookingRecord | null, undefined> {
  let refusals = 0;
  let loadedAtMs = sale.nowMs;
  while (sale.nowMs < leavesAtMs && refusals < habits.refusalsMax) {
    const age = () => (habits.isLive ? habits.mapAgeMs : sale.nowMs - loadedAtMs + habits.mapAgeMs);
    const seats = chooseSeats(sale.hall, random, habits.seats, habits.takesBest ? 0 : age());
    if (seats === null) {
      refusals += 0.2;
      yield drawExponential(random, 20_000);
      loadedAtMs = sale.nowMs;
      continue;
    }
    if (!habits.takesBest) {
      yield drawLogNormal(random, habits.pauseMs, 0.5);
      // A live map shows that they are gone, unless it happened a moment ago.
      if (habits.isLive && seats.some((seat) => !sale.hall.looksFree(seat, habits.mapAgeMs))) continue;
    }
    const answer = sale.holdSeats(client, habits.takesBest ? stillFree(sale, seats, random) : seats);
    if (answer.kind === 'held') return answer.booking;
    refusals++;
    loadedAtMs = sale.nowMs;
    yield answer.kind === 'refused'
      ? answer.retryAfterMs + drawExponential(random, 3_000)
      : drawLogNormal(random, habits.pauseMs / 2, 0.5);
  }
  return null;
}

/** The server chooses at the time of the call. */
function stillFree(sale: Sale, seats: readonly number[], random: Random): readonly number[] {
  return chooseSeats(sale.hall, random, seats.length, 0) ?? seats;
}
