import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { readCpuSeconds } from '../bench/cpu.ts';
import type { K6 } from './find-k6.ts';
import { addK6Line, Samples } from './report/samples.ts';
import type { K6Summary } from './report/verdict.ts';

const SCRIPTS = path.join(import.meta.dirname, '..', 'k6');
const THRESHOLDS_BREACHED = 99;
const LOOK_EVERY_MS = 250;
const ERRORS_SHOWN_MAX = 10;

export interface K6Run {
  readonly summary: K6Summary;
  readonly samples: Samples;
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** The first messages of the script and of k6. */
  readonly messages: readonly string[];
}

export interface K6Options {
  readonly k6: K6;
  readonly scenario: string;
  /** Files of the run. */
  readonly plan: string;
  readonly tokens: string;
  readonly seats: string;
  readonly summary: string;
  /** Local addresses that virtual users take in turn, or null for the machine's own. */
  readonly addresses: readonly string[] | null;
  /** Called regularly. */
  readonly onProgress: (samples: Samples) => void;
}

/** Runs a script to its end. @throws if k6 ends with another status than success or a breached threshold. */
export async function runK6(options: K6Options): Promise<K6Run> {
  const { k6, scenario, plan, tokens, seats, summary, addresses, onProgress } = options;
  const files = { PLAN: plan, TOKENS: tokens, SEATS: seats, SUMMARY: summary };
  const env = Object.entries(files).flatMap(([name, file]) => ['-e', `${name}=${file}`]);
  const localIps = addresses === null ? [] : ['--local-ips', addresses.join(',')];
  const startedAt = performance.now();
  const child = spawn(
    k6.program,
    // Samples go to stdout as JSON, line by line.
    [
      'run',
      '--quiet',
      '--no-usage-report',
      '--out',
      'json=-',
      ...localIps,
      ...env,
      path.join(SCRIPTS, `${scenario}.ts`),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const samples = new Samples();
  const messages: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => addK6Line(samples, line));
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (messages.length < ERRORS_SHOWN_MAX) messages.push(line);
  });
  let cpuSeconds = 0;
  const looks = setInterval(() => {
    // An ended process has no CPU time any more.
    cpuSeconds = Math.max(cpuSeconds, readCpuSeconds(child.pid ?? 0));
    onProgress(samples);
  }, LOOK_EVERY_MS);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0 && code !== THRESHOLDS_BREACHED)
      throw new Error(`k6 ended with exit status ${code}:\n${messages.join('\n')}`);
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      summary: JSON.parse(readFileSync(summary, 'utf8')) as K6Summary,
      samples,
      cpuSeconds,
      seconds,
      messages,
    };
  } finally {
    clearInterval(looks);
    process.off('exit', kill);
  }
}
