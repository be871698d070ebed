import { percentile, type LoopResult } from './closed-loop.ts';
import type { BenchContext } from './context.ts';
import { readCpuSeconds, ownCpuSeconds } from './cpu.ts';
import type { BenchServices } from './services.ts';

const WARM_UP_SECONDS = 1;

/** One run of one contender. */
export interface Figures {
  /** Responses per second, including refusals. */
  readonly perSecond: number;
  readonly responses: number;
  readonly held: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU microseconds per response of this process. */
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

export async function measure(
  services: Pick<BenchServices, 'postgres'>,
  run: () => Promise<LoopResult>,
): Promise<Figures> {
  const pid = services.postgres.process.pid;
  if (pid === undefined) throw new Error('PostgreSQL has no pid');
  const nodeBefore = ownCpuSeconds();
  const postgresBefore = readCpuSeconds(pid);
  const { responses, held, seconds, latenciesMs } = await run();
  return {
    perSecond: responses / seconds,
    responses,
    held,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    nodeMicros: ((ownCpuSeconds() - nodeBefore) / responses) * 1e6,
    postgresMicros: ((readCpuSeconds(pid) - postgresBefore) / responses) * 1e6,
  };
}

/**
 * Measures contenders in turn, and adds the figures to their runs, except those of a first short round, which warms up. Every
 * other round is in the opposite order: what comes later may find a warmer machine.
 */
export async function measureInTurn<Run, Contender extends { readonly runs: Run[] }>(
  contenders: readonly Contender[],
  size: Pick<BenchContext, 'pairs' | 'seconds'>,
  run: (contender: Contender, seconds: number) => Promise<Run>,
): Promise<void> {
  for (let round = 0; round <= size.pairs; round++)
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const figures = await run(contender, round === 0 ? WARM_UP_SECONDS : size.seconds);
      if (round > 0) contender.runs.push(figures);
    }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Returns the median of each figure over the runs. */
export function medians(runs: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => median(runs.map((run) => run[name]));
  return {
    perSecond: of('perSecond'),
    responses: of('responses'),
    held: of('held'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    nodeMicros: of('nodeMicros'),
    postgresMicros: of('postgresMicros'),
  };
}

/**
 * Returns the ratios of two contenders' figures, one per round, because a disturbance of the machine affects both runs of a
 * round.
 */
export function divideByRound(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

/** Returns the ratios of the responses per second, one per round. */
export function ratesTo(ours: readonly Figures[], theirs: readonly Figures[]): number[] {
  const rates = (runs: readonly Figures[]) => runs.map(({ perSecond }) => perSecond);
  return divideByRound(rates(ours), rates(theirs));
}
