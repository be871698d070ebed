import type { BenchContext } from '../context.ts';
import { listGoals, medianAndSpread, short, table, whole, type Goal } from '../markdown.ts';
import { divideByRound, measureInTurn, median, medians } from '../measure.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { ServerProcess } from '../server-process.ts';
import { createHeads, runOne, SERVER, type HttpFigures } from './http.ts';

/** Loads: one that fills the process, for the CPU time, and one that leaves it time, for the latency. */
const LOADS = [
  { label: 'under full load', connections: 256 },
  { label: 'with 8 clients', connections: 8 },
] as const;
const CPU_SHARE_MAX = 0.1;
const P50_MS_MAX = 1;

/** Everything is counted, and nothing is refused. */
const GENEROUS = '1000000,1000000,1000000';
const limitsOn = {
  RATE_LIMITS: 'on',
  TRUSTED_PROXIES: '127.0.0.1',
  RATE_LIMIT_HOLDS: GENEROUS,
  RATE_LIMIT_READS: GENEROUS,
  RATE_LIMIT_CHANGES: GENEROUS,
  RATE_LIMIT_CALLS: '1000000,1000000',
  RATE_LIMIT_HELD_SEATS: '1000000,1000000',
};

/** Compares holds with and without rate limits. Each buyer has an address of its own, as a trusted proxy reports it. */
export async function runLimits(ctx: BenchContext): Promise<string> {
  const off = await ServerProcess.start(SERVER, ['sellout'], ctx.env);
  const on = await ServerProcess.start(SERVER, ['sellout'], { ...ctx.env, ...limitsOn });
  try {
    const heads = (await createHeads(ctx.app)).map((head, buyer) => `${head}${addressOf(buyer)}`);
    const rows: string[][] = [];
    const goals: Goal[] = [];
    for (const { label, connections } of LOADS) {
      const without = { server: off, runs: [] as HttpFigures[] };
      const limited = { server: on, runs: [] as HttpFigures[] };
      await measureInTurn([without, limited], ctx, ({ server }, seconds) =>
        runOne(ctx, { seats: distinctSeats, connections }, server, heads, seconds),
      );
      rows.push(toRow(`limits off, ${label}`, without.runs), toRow(`limits on, ${label}`, limited.runs));
      goals.push((connections > 8 ? judgeCpu : judgeLatency)(without.runs, limited.runs));
    }
    const header = ['holds', 'responses/s', 'p50 ms', 'p99 ms', 'server µs', 'PostgreSQL µs', 'Redis µs'];
    return `${table(header, rows)}\n\n${listGoals(goals)}`;
  } finally {
    await Promise.all([off.stop(), on.stop()]);
  }
}

function addressOf(buyer: number): string {
  return `x-forwarded-for: 10.${buyer % 250}.${Math.floor(buyer / 250)}.1\r\n`;
}

function toRow(label: string, runs: readonly HttpFigures[]): string[] {
  const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(runs);
  const [server, redis] = [runs.map((run) => run.serverMicros), runs.map((run) => run.redisMicros)];
  return [
    label,
    whole(perSecond),
    short(p50Ms),
    short(p99Ms),
    short(median(server)),
    short(postgresMicros),
    short(median(redis)),
  ];
}

/** Returns the CPU time of a hold in all processes of the server. */
function totalMicros({ serverMicros, postgresMicros, redisMicros }: HttpFigures): number {
  return serverMicros + postgresMicros + redisMicros;
}

function judgeCpu(off: readonly HttpFigures[], on: readonly HttpFigures[]): Goal {
  const ratios = divideByRound(on.map(totalMicros), off.map(totalMicros)).map((ratio) => (ratio - 1) * 100);
  return {
    goal: `limits cost at most ${CPU_SHARE_MAX * 100}% of the CPU of a hold (server, PostgreSQL and Redis)`,
    measured: `${medianAndSpread(ratios)}%`,
    isMet: median(ratios) <= CPU_SHARE_MAX * 100,
  };
}

function judgeLatency(off: readonly HttpFigures[], on: readonly HttpFigures[]): Goal {
  const added = on.map(({ p50Ms }, round) => p50Ms - (off[round]?.p50Ms ?? Number.NaN));
  return {
    goal: `limits add at most ${P50_MS_MAX} ms at p50`,
    measured: `${medianAndSpread(added)} ms`,
    isMet: median(added) <= P50_MS_MAX,
  };
}
