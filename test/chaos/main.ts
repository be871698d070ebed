import { createWriteStream } from 'node:fs';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { runChaos } from './chaos.ts';
import { allFaults, getFaultName } from './cluster/all-faults.ts';
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
  /** Faults of a cluster. Null: all that this machine can have. */
  readonly faults: readonly ClusterFaultKind[] | null;
  readonly log: ((line: string) => void) | undefined;
}

/** One run: what was wrong, and its report. */
interface Run {
  readonly breaches: readonly string[];
  readonly report: string;
}

await runCommand(async () => {
  const { values } = readArguments('chaos', {
    options: {
      runs: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '60' },
      pages: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000_000) + 1) },
      log: { type: 'string' },
      cluster: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const number = (name: 'runs' | 'seconds' | 'pages' | 'seed') => {
    const value = Number(values[name]);
    if (!(value > 0))
      throw new UsageError('chaos', `--${name} must be a positive number, not ${values[name]}`);
    return value;
  };
  const file = values.log === undefined ? undefined : createWriteStream(values.log);
  const options: Options = {
    runs: number('runs'),
    seed: number('seed'),
    seconds: number('seconds'),
    pages: number('pages'),
    faults: chooseFaults(values),
    log: file === undefined ? undefined : (line) => void file.write(`${line}\n`),
  };
  const passed = await (values.cluster ? runOnCluster(options) : runOnTwoNodes(options));
  file?.end();
  process.stdout.write(`${passed} of ${options.runs} runs passed\n`);
  process.exitCode = passed === options.runs ? 0 : 1;
});

function chooseFaults(values: {
  readonly cluster: boolean;
  readonly short: boolean;
  readonly only?: string | undefined;
}): readonly ClusterFaultKind[] | null {
  if (values.only === undefined) return values.short ? kills : null;
  if (!values.cluster || values.short)
    throw new UsageError('chaos', '--only needs --cluster, without --short');
  return values.only.split(',').map((name) => {
    const kind = allFaults.find((each) => getFaultName(each) === name);
    if (kind === undefined) throw new UsageError('chaos', `--only: there is no fault ${name}`);
    return kind;
  });
}

function runOnTwoNodes({ seconds, pages, log, ...options }: Options): Promise<number> {
  return runAll(options, async (seed) => {
    const result = await runChaos({ seed, seconds, pages, ...(log === undefined ? {} : { log }) });
    return { breaches: result.breaches, report: formatReport(result) };
  });
}

/** All runs use one cluster, so that each node fails and comes back many times. */
async function runOnCluster({ pages, faults, log, ...options }: Options): Promise<number> {
  const wanted = faults ?? allFaults;
  await using scratch = await ScratchCluster.start(log, wanted);
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
    process.stdout.write(`${[...leftOut, formatTimes(strikes)].join('\n')}\n`);
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
