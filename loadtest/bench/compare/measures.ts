import type { BenchContext } from '../context.ts';
import { measureSellout, directScenarios } from '../holds/holds.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { createHeads, runOne, SERVER } from '../http/http.ts';
import type { Figures } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';

/** What both trees must have for a comparison. */
export type TreeContext = Pick<BenchContext, 'services' | 'app' | 'arena' | 'env'>;

export type ComparedFigures = Pick<Figures, 'perSecond' | 'p50Ms' | 'p99Ms' | 'postgresMicros'> & {
  /** CPU microseconds of Sellout's process per response. */
  readonly serverMicros: number;
};

export const measureNames = ['idle', 'hold', 'hold-http'] as const;
export type MeasureName = (typeof measureNames)[number];

export const measureTitles: Readonly<Record<MeasureName, string>> = {
  idle: 'POST /graphql, resolver idle, 256 connections',
  hold: 'holdSeats in process, 256 callers',
  'hold-http': 'holdSeats over HTTP, 64 connections',
};

/** Runs one measure for some seconds. */
export type Measure = (seconds: number) => Promise<ComparedFigures>;

/** Returns the measures of a tree, whose servers it starts. */
export async function startMeasures(ctx: TreeContext): Promise<Readonly<Record<MeasureName, Measure>>> {
  const idle = await ServerProcess.start(SERVER, ['idle'], ctx.env);
  const sellout = await ServerProcess.start(SERVER, ['sellout'], ctx.env);
  const heads = await createHeads(ctx.app);
  const scenario = directScenarios.find(({ name }) => name === 'distinct-256');
  if (scenario === undefined) throw new Error('the scenario of 256 callers is missing');
  return {
    idle: (seconds) => runOne(ctx, { seats: null, connections: 256 }, idle, heads, seconds),
    async hold(seconds) {
      const figures = await measureSellout(ctx, scenario, seconds);
      return { ...figures, serverMicros: figures.nodeMicros };
    },
    'hold-http': (seconds) => runOne(ctx, { seats: distinctSeats, connections: 64 }, sellout, heads, seconds),
  };
}
