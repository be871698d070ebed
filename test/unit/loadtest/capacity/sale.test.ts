import { describe, expect, it } from 'vitest';
import { CLAIM_WITHIN_SECONDS } from '../../../../loadtest/capacity/sale/habits.ts';
import { Lane } from '../../../../loadtest/capacity/sale/lane.ts';
import { choosePace } from '../../../../loadtest/capacity/sale/pace.ts';
import { defaultSale } from '../../../../loadtest/capacity/sale/sale.ts';
import { simulateEvent } from '../../../../loadtest/capacity/sale/simulate-event.ts';
import { divideCrowd, simulateSale } from '../../../../loadtest/capacity/sale/simulate.ts';
import { costs } from './costs.ts';

/** Ten people for each seat. */
const sale = { ...defaultSale, arrivals: 5_000, events: 1, seatsPerEvent: 500, sellMinutes: 2 };
const pace = choosePace(sale, costs);

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('simulated sales', () => {
  const { series, outcomes, soldOutAfter } = simulateEvent(sale.arrivals, sale, pace, costs, 7);
  const { of, before } = series;

  it('sell no seat twice, and lose none: at every second, each is available, held or sold', () => {
    expect(
      of.available.every((available, i) => available + (of.held[i] ?? 0) + (of.sold[i] ?? 0) === 500),
    ).toBe(true);
    expect(Math.min(...of.available, ...of.held)).toBe(0);
    expect(of.sold.every((sold, i) => sold >= (of.sold[i - 1] ?? 0))).toBe(true);
    expect(of.sold.at(-1)).toBe(500);
    expect(soldOutAfter).toBeGreaterThan(60);
  });

  it('count everybody once', () => {
    const total = Object.values(outcomes).reduce((all, people) => all + people, 0);
    expect(total).toBe(sale.arrivals);
    expect(sum(of.visits)).toBe(sale.arrivals);
    expect(sum(of.joins)).toBe(sale.arrivals - outcomes.tooLate);
    expect(sum(of.called)).toBe(total - outcomes.notCalled - outcomes.tooLate);
    expect(sum(of.admissions)).toBe(sum(of.called) - outcomes.absent);
  });

  it('end every hold that succeeded', () => {
    expect(sum(of.taken)).toBe(sum(of.ends));
    expect(sum(of.taken)).toBe(outcomes.bought + outcomes.released + outcomes.expired);
    expect(sum(of.holds)).toBeGreaterThan(sum(of.taken));
  });

  it('call nobody before the draw, and nobody faster than the pace', () => {
    const called = [...of.called];
    expect(called.slice(0, before + 2).every((people) => people === 0)).toBe(true);
    expect(Math.max(...called)).toBeLessThanOrEqual(Math.ceil(pace.perMinute / 60));
    expect(sum(of.holds.subarray(0, before))).toBe(0);
  });

  it('never have more people inside than the room admits', () => {
    const tight = simulateEvent(sale.arrivals, sale, { ...pace, insideMax: 40 }, costs, 7);
    expect(Math.max(...tight.series.of.inside)).toBeLessThanOrEqual(40);
    expect(Math.max(...tight.series.of.inside)).toBeGreaterThan(30);
    expect(tight.soldOutAfter).toBeGreaterThan(soldOutAfter ?? Infinity);
  });

  it('let the line disappear when everything is sold', () => {
    expect(Math.min(...of.waiting)).toBe(0);
    expect(of.waiting[before]).toBeGreaterThan(3_000);
    expect(of.waiting[before + (soldOutAfter ?? 0) + 900]).toBeLessThan(10);
  });

  it('leave seats if too few people come, all of whom are called', () => {
    const few = { ...sale, arrivals: 100 };
    const empty = simulateEvent(100, few, pace, costs, 7);
    expect(empty.soldOutAfter).toBeNull();
    expect(empty.outcomes).toMatchObject({ notCalled: 0, tooLate: 0 });
    expect(empty.series.of.inside.at(-1)).toBe(0);
    expect(empty.outcomes.absent).toBeLessThan(20);
    expect(CLAIM_WITHIN_SECONDS).toBe(60);
  });

  it('depend on nothing but sale, costs and seed', () => {
    const several = { ...sale, events: 3 };
    const [one, same, other] = [1, 1, 2].map((seed) => simulateSale({ ...several, seed }, costs));
    expect(one?.outcomes).toEqual(same?.outcomes);
    expect(one?.series.of).toEqual(same?.series.of);
    expect(one?.series.of).not.toEqual(other?.series.of);
  });
});

it('a crowd is divided by popularity, and nobody is lost', () => {
  const crowds = divideCrowd({ ...defaultSale, arrivals: 1_000_001, events: 4 });
  expect(crowds.reduce((total, people) => total + people, 0)).toBe(1_000_001);
  expect((crowds[0] ?? 0) / (crowds[3] ?? 1)).toBeCloseTo(2, 2);
});

describe('the lane of an event', () => {
  it('combines the commands that arrive while a batch runs', () => {
    // A batch of n takes 4 ms and n times 0.25 ms: 400/s make batches of 2.6 / 0.9.
    expect(new Lane(costs).take(400).batches).toBeCloseTo(400 / (2.6 / 0.9));
    expect(new Lane(costs).take(0)).toMatchObject({ batches: 0, health: { queue: 0, busyPerSecond: 0 } });
  });

  it('lets commands wait that exceed its rate, and catches up', () => {
    const lane = new Lane(costs);
    expect(lane.take(1_500).health).toMatchObject({ queue: 500 });
    expect(lane.take(0).health).toMatchObject({ queue: 0 });
  });
});
