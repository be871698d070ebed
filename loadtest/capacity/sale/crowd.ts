import type { Random } from '../../../test/torture/random.ts';
import { drawExponential } from '../../simulation/people/draws.ts';
import { habits } from './habits.ts';
import type { Sale } from './sale.ts';
import type { Series } from './series.ts';

/** The worker publishes the digest in the first second of the sale, and the seed in the second one. */
export const DRAWN_AFTER_SECONDS = 2;

/**
 * The people of an event, in the order of their numbers. In the lobby, the order is a draw, so that it has nothing to do with
 * the time of arrival; the others follow in the order of their arrival.
 */
export interface Crowd {
  readonly lobby: number;
  readonly arrivesAt: Float32Array;
  /** Time at which somebody closes the page, unless the number is called before. */
  readonly leavesAt: Float32Array;
}

export function drawCrowd(people: number, sale: Sale, random: Random): Crowd {
  const lobby = Math.round(people * sale.lobbyShare);
  const arrivesAt = new Float32Array(people);
  // The closer to the beginning of the sale, the more people arrive.
  for (let i = 0; i < lobby; i++) arrivesAt[i] = -habits.lobbySeconds * (1 - Math.sqrt(random.next()));
  for (let i = lobby; i < people; i++) arrivesAt[i] = drawExponential(random, 60 * sale.lateMinutes);
  arrivesAt.subarray(lobby).sort();
  const leavesAt = arrivesAt.map((time) => time + drawExponential(random, habits.patienceSeconds));
  return { lobby, arrivesAt, leavesAt };
}

/** Records the lobby: its arrivals, and its requests for a number after the draw. */
export function recordLobby(crowd: Crowd, sale: Sale, series: Series, random: Random): void {
  for (let i = 0; i < crowd.lobby; i++) {
    const arrival = crowd.arrivesAt[i] ?? 0;
    series.add('visits', arrival);
    series.add('joins', arrival);
    series.add('waiting', arrival);
    const asksAt = DRAWN_AFTER_SECONDS + sale.drawSeconds * random.next();
    if ((crowd.leavesAt[i] ?? 0) > asksAt) series.add('draws', asksAt);
  }
}
