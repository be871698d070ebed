import type { BenchServices } from './services.ts';
import { percentile, type LoopResult } from './closed-loop.ts';
import { cpuSecondsOf, ownCpuSeconds } from './cpu.ts';

/** One run of one contender. */
export interface Figures {
  /** Answers a second, refusals included. */
  readonly perSecond: number;
  readonly answers: number;
  readonly held: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU microseconds an answer, of this process; null where the load came from another. */
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

export async function measured(
  services: Pick<BenchServices, 'postgres'>,
  run: () => Promise<LoopResult>,
): Promise<Figures> {
  const pid = services.postgres.process.pid;
  if (pid === undefined) throw new Error('PostgreSQL has no pid');
  const nodeBefore = ownCpuSeconds();
  const postgresBefore = cpuSecondsOf(pid);
  const { answers, held, seconds, latenciesMs } = await run();
  return {
    perSecond: answers / seconds,
    answers,
    held,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    nodeMicros: ((ownCpuSeconds() - nodeBefore) / answers) * 1e6,
    postgresMicros: ((cpuSecondsOf(pid) - postgresBefore) / answers) * 1e6,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The middle of each figure over the runs. */
export function medians(runs: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => median(runs.map((run) => run[name]));
  return {
    perSecond: of('perSecond'),
    answers: of('answers'),
    held: of('held'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    nodeMicros: of('nodeMicros'),
    postgresMicros: of('postgresMicros'),
  };
}

/** Medians of the ratios pair by pair: what disturbed the machine disturbed both of a pair. */
export function medianRatio(ours: readonly Figures[], theirs: readonly Figures[]): number {
  return median(ours.map((run, i) => run.perSecond / (theirs[i]?.perSecond ?? Number.NaN)));
}
