import { Random } from '../../../test/torture/random.ts';
import type { Costs } from '../inputs.ts';
import { habits } from './habits.ts';
import { choosePace, type Pace } from './pace.ts';
import type { Sale } from './sale.ts';
import { Series } from './series.ts';
import { HOURS_MAX, noOutcomes, simulateEvent, type Outcomes } from './simulate-event.ts';

export interface SaleResult {
  readonly series: Series;
  readonly outcomes: Outcomes;
  readonly pace: Pace;
  /** Seconds after which the first and the last event were sold out; null if seats are left anywhere. */
  readonly soldOutAfter: { readonly first: number; readonly last: number } | null;
  readonly lobby: { readonly all: number; readonly largest: number };
  readonly slowestP95Ms: number;
}

/** Simulates the sale of all events. The same sale, costs and seed have the same result. */
export function simulateSale(sale: Sale, costs: Costs): SaleResult {
  const pace = choosePace(sale, costs);
  const series = new Series(habits.lobbySeconds, HOURS_MAX * 3_600);
  const random = new Random(sale.seed);
  const outcomes = { ...noOutcomes };
  const soldOut: (number | null)[] = [];
  let slowestP95Ms = 0;
  const crowds = divideCrowd(sale);
  for (const people of crowds) {
    const event = simulateEvent(people, sale, pace, costs, random.whole(0, 4_294_967_295));
    series.include(event.series);
    for (const name of Object.keys(outcomes) as (keyof Outcomes)[]) outcomes[name] += event.outcomes[name];
    soldOut.push(event.soldOutAfter);
    slowestP95Ms = Math.max(slowestP95Ms, event.slowestP95Ms);
  }
  const times = soldOut.filter((time) => time !== null);
  const lobbies = crowds.map((people) => Math.round(people * sale.lobbyShare));
  return {
    series,
    outcomes,
    pace,
    soldOutAfter:
      times.length < soldOut.length ? null : { first: Math.min(...times), last: Math.max(...times) },
    lobby: { all: lobbies.reduce((sum, people) => sum + people, 0), largest: Math.max(...lobbies) },
    slowestP95Ms,
  };
}

/** Returns the people of each event, the most popular first. */
export function divideCrowd({ arrivals, events }: Sale): number[] {
  const weights = Array.from({ length: events }, (_, i) => (i + 1) ** -habits.popularityExponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const crowds = weights.map((weight) => Math.floor((arrivals * weight) / sum));
  crowds[0] = (crowds[0] ?? 0) + arrivals - crowds.reduce((total, people) => total + people, 0);
  return crowds;
}
