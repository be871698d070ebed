import { createWriteStream } from 'node:fs';
import type { ClusterOptions } from '../../scripts/cluster/cluster.ts';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { runChaos } from './chaos.ts';
import { allFaults, parseFaults } from './cluster/all-faults.ts';
import type { ClusterFaultKind } from './cluster/cluster-fault.ts';
import { kills } from './cluster/kills.ts';
import { formatClusterReport, formatTimes } from './cluster/report.ts';
import { runClusterChaos } from './cluster/run-cluster-chaos.ts';
import { ScratchCluster } from './cluster/scratch-cluster.ts';
import type { StrikeResult } from './cluster/strike.ts';
import { formatReport } from './report.ts';

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly seconds: number;
  readonly pages: number;
  readonly redis: ClusterOptions['redis'];
  /** Faults of a cluster. Null: all that this machine can have. */
  readonly faults: readonly ClusterFaultKind[] | null;
  readonly log: ((line: string) => void) | undefined;
}

/** One run: what was wrong, and its report. */
interface Run {
  readonly breaches: readonly string[];
  readonly report: string;
}

const SECONDS = 60;

await runCommand(async () => {
  const { values } = readArguments('chaos', {
    options: {
      runs: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      pages: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000) + 1) },
      log: { type: 'string' },
      cluster: { type: 'boolean', default: false },
      redis: { type: 'string' },
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const number = (name: 'runs' | 'seconds' | 'pages' | 'seed', text: string) => {
    const value = Number(text);
    if (!(value > 0)) throw new UsageError('chaos', `--${name} must be a positive number, not ${text}`);
    return value;
  };
  refuseCombinations(values);
  const file = values.log === undefined ? undefined : createWriteStream(values.log);
  const options: Options = {
    runs: number('runs', values.runs),
    seed: number('seed', values.seed),
    seconds: number('seconds', values.seconds ?? String(SECONDS)),
    pages: number('pages', values.pages),
    redis: chooseRedis(values.redis),
    faults: chooseFaults(values),
    log: file === undefined ? undefined : (line) => void file.write(`${line}\n`),
  };
  const passed = await (values.cluster ? runOnCluster(options) : runOnTwoNodes(options));
  file?.end();
  process.stdout.write(`${passed} of ${options.runs} runs passed\n`);
  process.exitCode = passed === options.runs ? 0 : 1;
});

interface Values {
  readonly cluster: boolean;
  readonly short: boolean;
  readonly only?: string | undefined;
  readonly redis?: string | undefined;
  readonly seconds?: string | undefined;
}

function refuseCombinations({ cluster, short, only, redis, seconds }: Values): void {
  const refuse = (what: string) => {
    throw new UsageError('chaos', what);
  };
  if (cluster && seconds !== undefined) refuse('--seconds is not for --cluster: each fault happens once');
  if (!cluster && short) refuse('--short needs --cluster');
  if (!cluster && redis !== undefined) refuse('--redis needs --cluster');
  if (only !== undefined && (!cluster || short)) refuse('--only needs --cluster, without --short');
}

function chooseRedis(text = 'sentinel'): Options['redis'] {
  if (text === 'sentinel' || text === 'cluster') return text;
  throw new UsageError('chaos', `--redis must be sentinel or cluster, not ${text}`);
}

function chooseFaults({ short, only }: Values): readonly ClusterFaultKind[] | null {
  if (only === undefined) return short ? kills : null;
  return parseFaults('chaos', only);
}

function runOnTwoNodes({ seconds, pages, log, ...options }: Options): Promise<number> {
  return runAll(options, async (seed) => {
    const result = await runChaos({ seed, seconds, pages, ...(log === undefined ? {} : { log }) });
    return { breaches: result.breaches, report: formatReport(result) };
  });
}

/** All runs use one cluster, so that each node fails and comes back many times. */
async function runOnCluster({ pages, faults, redis, log, ...options }: Options): Promise<number> {
  const wanted = faults ?? allFaults;
  await using scratch = await ScratchCluster.start({
    ...(log !== undefined && { report: log }),
    faults: wanted,
    redis,
  });
  const leftOut = scratch.findLeftOut(wanted);
  const possible = wanted.filter((kind) => scratch.faults.includes(kind));
  if (possible.length === 0) throw new Error(`nothing can fail here: ${leftOut.join('; ')}`);
  const strikes: StrikeResult[] = [];
  try {
    return await runAll(options, async (seed) => {
      const result = await runClusterChaos(scratch, {
        seed,
        pages,
        faults: possible,
        ...(log === undefined ? {} : { log }),
      });
      strikes.push(...result.strikes);
      return { breaches: result.breaches, report: formatClusterReport(result) };
    });
  } finally {
    log?.(scratch.readLogs());
    const promotions = `promotions of a standby: ${scratch.parts.cluster.postgres.supervisor.promotions}`;
    process.stdout.write(`${[...leftOut, formatTimes(strikes), promotions].join('\n')}\n`);
  }
}

/** Returns how many runs passed. */
async function runAll(
  { runs, seed: first }: Pick<Options, 'runs' | 'seed'>,
  runOnce: (seed: number) => Promise<Run>,
): Promise<number> {
  let passed = 0;
  for (let run = 1; run <= runs; run++) {
    const seed = first + run - 1;
    const { breaches, report } = await runOnce(seed);
    const { length } = breaches;
    if (length === 0) passed++;
    const how = length === 0 ? 'passed' : `FAILED with ${length} breaches`;
    process.stdout.write(`run ${run} of ${runs}, seed ${seed}: ${how}\n${report}\n`);
  }
  return passed;
}
