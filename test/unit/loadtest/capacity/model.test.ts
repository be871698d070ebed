import { describe, expect, it } from 'vitest';
import { drawSale } from '../../../../loadtest/capacity/chart.ts';
import { toCommandCost } from '../../../../loadtest/capacity/model/commands.ts';
import { rankLimits } from '../../../../loadtest/capacity/model/limits.ts';
import type { Load } from '../../../../loadtest/capacity/model/load.ts';
import { planSale } from '../../../../loadtest/capacity/model/plan.ts';
import { computeUsage } from '../../../../loadtest/capacity/model/usage.ts';
import { renderLimits, renderPlan, renderSale } from '../../../../loadtest/capacity/report/sale-report.ts';
import { choosePace } from '../../../../loadtest/capacity/sale/pace.ts';
import { defaultSale } from '../../../../loadtest/capacity/sale/sale.ts';
import { sizeSale } from '../../../../loadtest/capacity/sizes.ts';
import { costs } from './costs.ts';

const nothing: Load = {
  time: 0,
  events: 1,
  seatsPerEvent: 80_000,
  tickMs: 100,
  waiting: 0,
  inside: 0,
  watching: 0,
  visits: 0,
  mapVisits: 0,
  joins: 0,
  draws: 0,
  admissions: 0,
  holds: 0,
  taken: 0,
  ends: 0,
  batches: 0,
  busiest: 0,
};
const usage = (load: Partial<Load>) => computeUsage({ ...nothing, ...load }, costs);
const plan = (load: Partial<Load>, sale = {}) =>
  planSale([{ ...nothing, ...load }], { ...defaultSale, ...sale }, costs);

describe('the capacity model', () => {
  it('charges the waiting for a socket and an update a second', () => {
    const { apiCores, sockets, socketBytes, outBytes, placeBytes } = usage({ waiting: 1_000_000 });
    expect(apiCores.waiters).toBeCloseTo(15);
    expect({ sockets, socketBytes, placeBytes }).toEqual({
      sockets: 1_000_000,
      socketBytes: 34_000_000_000,
      placeBytes: 40_000_000,
    });
    expect(outBytes.waiters).toBe(150_000_000);
  });

  it('charges a join for session, place, socket and three limited calls', () => {
    const { apiCores, redisCores, postgresCores } = usage({ joins: 1_000_000 });
    expect(apiCores.visits).toBeCloseTo(400 + 100 + 40 + 200 + 3 * 20);
    expect(redisCores).toBeCloseTo(10 + 3 * 10);
    expect(postgresCores).toBeCloseTo(20);
    const draw = usage({ draws: 1_000_000 });
    expect([draw.apiCores.draw, draw.apiCores.visits, draw.redisCores].map(Math.round)).toEqual([160, 0, 20]);
  });

  it('shares the cost of a batch among its commands', () => {
    const alone = toCommandCost(costs, 1);
    const ten = toCommandCost(costs, 10);
    expect([alone.apiMicros.hold, ten.apiMicros.hold].map(Math.round)).toEqual([1_100, 200]);
    expect(ten.apiMicros.end).toBeCloseTo(2 * 200);
    expect(ten.postgresMicros.end).toBeCloseTo(3 * 100);
    expect([alone.walBytes.hold, ten.walBytes.hold]).toEqual([3_000, 2_100]);
    const { apiCores } = usage({ holds: 900, batches: 90 });
    expect(apiCores.commands * 1e6).toBeCloseTo(900 * 200);
  });

  it('sends at most one message per tick to a live map, and then larger ones', () => {
    const busy = usage({ taken: 1_000, ends: 1_000, watching: 10 });
    expect(busy.frames).toBeCloseTo(10);
    // 2,000 changes of 2 seats in 10 messages: 400 seats each, at 30 bytes.
    expect(busy.frameBytes).toBeCloseTo(200 + 30 * 398);
    expect(usage({ taken: 1, ends: 1, tickMs: 1 }).frames).toBeCloseTo(2, 1);
    expect(usage({}).frames).toBe(0);
  });

  it('counts refused holds as commands, but sends no message for them', () => {
    const refused = usage({ holds: 100, batches: 50 });
    expect([refused.messages, refused.walBytes, refused.frames]).toEqual([0, 0, 0]);
    expect(refused.apiCores.commands).toBeGreaterThan(0);
  });

  it('adds processes for CPU, or for sockets if they are idle', () => {
    expect(plan({ waiting: 90_000 }, { utilization: 1 })).toMatchObject({ processes: 5, socketProcesses: 0 });
    expect(plan({ waiting: 90_000 }, { utilization: 0.2 })).toMatchObject({
      processes: 7,
      socketProcesses: 0,
    });
    const { postgresConnections, balancers, apiBytes } = plan({ waiting: 90_000 }, { utilization: 1 });
    expect({ postgresConnections, balancers, apiBytes }).toEqual({
      postgresConnections: 7 * 19,
      balancers: 3,
      apiBytes: 5 * 100_000_000 + 90_000 * 34_000,
    });
  });

  it('gives sockets processes of their own if PostgreSQL has too few connections otherwise', () => {
    expect(plan({ waiting: 180_000 }, { utilization: 1 })).toMatchObject({
      processes: 11,
      socketProcesses: 10,
      postgresConnections: 3 * 19 + 10 * 4,
    });
  });

  it('charges a balancer for connections with TLS, further requests and messages', () => {
    expect(usage({ visits: 1_000_000 }).balancerCores).toBeCloseTo(400);
    // A join is a connection for its socket, and three calls on the one of its visit.
    expect(usage({ joins: 1_000_000 }).balancerCores).toBeCloseTo(400 + 3 * 20);
    expect(usage({ waiting: 1_000_000 }).balancerCores).toBeCloseTo(10);
    expect(plan({ waiting: 1_000 }).balancerBytes).toBe(1_000 * (20_000 + 2 * 4_000));
  });

  it('delivers each message to every process', () => {
    const few = plan({ taken: 100, holds: 100, batches: 100, inside: 1 });
    const many = plan({ taken: 100, holds: 100, batches: 100, inside: 180_000 });
    const deliveries = (many.redisCores.value - few.redisCores.value) / 5e-6;
    expect(deliveries).toBeCloseTo((many.processes - few.processes) * 100 * -Math.expm1(-1));
  });

  it('takes the greatest values of a sale, each at its own time', () => {
    const loads = [
      { ...nothing, time: -5, waiting: 50_000 },
      { ...nothing, time: 0, joins: 10_000 },
    ];
    const { sockets, redisCores } = planSale(loads, defaultSale, costs);
    expect([sockets, redisCores.time]).toEqual([{ value: 50_000, time: -5 }, 0]);
  });

  it('spares the waiting their sockets with an edge, but not those who watch', () => {
    const load = { ...nothing, waiting: 1_000_000, watching: 60_000, inside: 10_000, draws: 1_000 };
    const edge = planSale([load], defaultSale, costs, 'edge');
    expect(edge).toMatchObject({ sockets: { value: 60_000 }, cdnRequests: 200_000 });
    expect(edge.busiestApi.apiCores).toMatchObject({ waiters: 0, draw: 0 });
    expect(edge.postgresConnections).toBeLessThan(planSale([load], defaultSale, costs).postgresConnections);
  });
});

describe('the pace of a waiting room', () => {
  const offers = (seats: number) => seats / 2.13 / 0.85;

  it('offers all seats in the time to sell', () => {
    const sale = { ...defaultSale, events: 1, seatsPerEvent: 1_000, sellMinutes: 10 };
    expect(choosePace(sale, costs)).toMatchObject({
      perMinute: Math.floor(offers(1_000) / 10),
      by: 'the time to sell',
    });
  });

  it('is no faster than lane, PostgreSQL and the setting allow', () => {
    const fast = { ...defaultSale, events: 1, seatsPerEvent: 1e6, sellMinutes: 0.1 };
    // 600 of 1,000 commands/s, 2.5 per buyer.
    expect(choosePace(fast, costs)).toMatchObject({ perMinute: 14_400, by: 'the lane of the event' });
    expect(choosePace({ ...fast, events: 20, databaseCores: 1 }, costs).by).toBe('the cores of PostgreSQL');
    const quick = { ...costs, eventCommandsMax: 1e6 };
    expect(choosePace({ ...fast, databaseCores: 1_000 }, quick)).toMatchObject({
      perMinute: 60_000,
      by: 'the setting',
    });
  });
});

describe('the report', () => {
  const sized = sizeSale({ ...defaultSale, arrivals: 4_000, events: 2, seatsPerEvent: 200 }, costs);

  it('ranks the resources, the scarcest first', () => {
    const needed = sized.limits.map((limit) => limit.needed);
    expect(needed).toEqual(needed.toSorted((a, b) => b - a));
    const { name } = rankLimits(plan({ waiting: 1_000_000 }), defaultSale, costs)[0] ?? {};
    expect(name).toBe('API process');
    expect(renderLimits(sized)).toContain('lane of an event');
  });

  it('names the command that prints it, and what is needed', () => {
    expect(renderSale(sized)).toContain(
      '`npm run capacity -- --arrivals 4000 --events 2 --seats-per-event 200`',
    );
    expect(renderPlan(sized)).toMatch(/Redis masters +\|/);
  });

  it('has a chart with one line per curve, none of which leaves it', () => {
    const chart = drawSale(sized);
    expect(chart.match(/<path class="c\d"/g)).toHaveLength(9);
    expect(chart).toContain('prefers-color-scheme: dark');
    const heights = [...chart.matchAll(/[ML][\d.]+ ([\d.-]+)/g)].map(([, y]) => Number(y));
    expect(heights.length).toBeGreaterThan(500);
    expect(Math.min(...heights)).toBeGreaterThan(0);
  });
});
