import { createWriteStream } from 'node:fs';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { runChaos } from './chaos.ts';
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
  readonly isShort: boolean;
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
    isShort: values.short,
    log: file === undefined ? undefined : (line) => void file.write(`${line}\n`),
  };
  const passed = await (values.cluster ? runOnCluster(options) : runOnTwoNodes(options));
  file?.end();
  process.stdout.write(`${passed} of ${options.runs} runs passed\n`);
  process.exitCode = passed === options.runs ? 0 : 1;
});

function runOnTwoNodes({ seconds, pages, log, ...options }: Options): Promise<number> {
  return runAll(options, async (seed) => {
    const result = await runChaos({ seed, seconds, pages, ...(log === undefined ? {} : { log }) });
    return { breaches: result.breaches, report: formatReport(result) };
  });
}

/** All runs use one cluster, so that each node fails and comes back many times. */
async function runOnCluster({ pages, isShort, log, ...options }: Options): Promise<number> {
  await using scratch = await ScratchCluster.start(log);
  const strikes: StrikeResult[] = [];
  try {
    return await runAll(options, async (seed) => {
      const result = await runClusterChaos(scratch, {
        seed,
        pages,
        isShort,
        ...(log === undefined ? {} : { log }),
      });
      strikes.push(...result.strikes);
      return { breaches: result.breaches, report: formatClusterReport(result) };
    });
  } finally {
    log?.(scratch.readLogs());
    process.stdout.write(`${formatTimes(strikes)}\n`);
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
