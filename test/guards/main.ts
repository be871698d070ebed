import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../scripts/local/explain.ts';
import { readArguments } from '../../scripts/local/usage.ts';
import type { Guard } from './guard.ts';
import { bookingGuards } from './booking-guards.ts';
import { catalogGuards } from './catalog-guards.ts';
import { draftGuards } from './draft-guards.ts';
import { edgeGuards } from './edge-guards.ts';
import { faultGuards } from './fault-guards.ts';
import { historyGuards } from './history-guards.ts';
import { httpGuards } from './http-guards.ts';
import { messageGuards } from './message-guards.ts';
import { operatingGuards } from './operating-guards.ts';
import { pageGuards } from './page-guards.ts';
import { requestGuards } from './request-guards.ts';
import { saleGuards } from './sale-guards.ts';
import { planGuards } from './plan-guards.ts';
import { schemaGuards } from './schema-guards.ts';
import { seatMapGuards } from './seat-map-guards.ts';
import { seatReadGuards } from './seat-read-guards.ts';

/*
 * Takes out each guard in turn, in a copy of the tree, and sees that a test fails for it. A guard that no test misses
 * is not a guard. Before that the same tests must pass in a copy from which nothing was taken out: else their failing says
 * nothing. `npm run guards`, or `npm run guards -- lock` for those with the word in their name or file.
 */

const root = path.resolve(import.meta.dirname, '../..');
const copied = [
  'src',
  'prisma',
  'test',
  'scripts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'prisma.config.ts',
];

/** Many a test fails by waiting in vain. The same for those that must pass, or a slow one would pass for one that failed. */
const TEST_TIMEOUT_MS = 20_000;
/** For one guard's tests, or for all that must pass. Without a guard code may also run in a circle, where no timeout helps. */
const RUN_MINUTES_MAX = 4;

type FileResult = {
  readonly name: string;
  /** `failed` also where the file can't be loaded, so that none of its tests is there to fail. */
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
};

interface Report {
  readonly testResults: readonly FileResult[];
}

async function main(): Promise<void> {
  const { positionals } = readArguments('guards', { options: {}, allowPositionals: true });
  // The quick ones first.
  const wanted = [
    ...edgeGuards,
    ...requestGuards,
    ...httpGuards,
    ...operatingGuards,
    ...messageGuards,
    ...pageGuards,
    ...schemaGuards,
    ...seatMapGuards,
    ...seatReadGuards,
    ...saleGuards,
    ...historyGuards,
    ...planGuards,
    ...draftGuards,
    ...bookingGuards,
    ...catalogGuards,
    ...faultGuards,
  ].filter(({ name, file }) => `${name} ${file}`.includes(positionals[0] ?? ''));
  const broken = await brokenTests(wanted);
  if (broken.length > 0) {
    console.log(`✗ fail though no guard is taken out:\n    ${broken.join('\n    ')}`);
    process.exitCode = 1;
    return;
  }
  let missed = 0;
  const waiting = wanted.values();
  const takeOutNext = async (): Promise<void> => {
    for (const guard of waiting) {
      const started = performance.now();
      const failed = await failingTests(guard);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (failed.length === 0) missed++;
      console.log(`${failed.length > 0 ? '✓' : '✗'} ${guard.name} (${seconds} s)`);
      console.log(failed.length > 0 ? `    ${failed.slice(0, 3).join('\n    ')}` : '    NO TEST FAILED');
    }
  };
  // More than there are cores: much of it is waiting in vain for what the guard would have brought about.
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, takeOutNext));
  console.log(
    `\n${wanted.length - missed} of ${wanted.length} guards are missed by a test when they are taken out.`,
  );
  if (missed > 0 || wanted.length === 0) process.exitCode = 1;
}

/** What fails in a whole copy. */
async function brokenTests(guards: readonly Guard[]): Promise<string[]> {
  const started = performance.now();
  const files = [...new Set(guards.flatMap(({ tests }) => tests))];
  const results = files.length === 0 ? [] : await runTests(files);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const failed = results.filter(({ status }) => status !== 'passed');
  console.log(
    `${results.length - failed.length} test files pass while no guard is taken out (${seconds} s)\n`,
  );
  return failed.flatMap((file) => [path.basename(file.name), ...failuresOf(file).map((name) => `  ${name}`)]);
}

/** One failed test is enough. With one worker, for of two at once the one that fails can be called off unreported. */
async function failingTests(guard: Guard): Promise<string[]> {
  const only = guard.only === undefined ? [] : ['-t', guard.only];
  const results = await runTests([...guard.tests, '--bail=1', '--maxWorkers=1', ...only], guard);
  return results.flatMap(failuresOf);
}

const failuresOf = ({ assertionResults }: FileResult) =>
  assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);

async function runTests(args: readonly string[], without?: Guard): Promise<readonly FileResult[]> {
  const copy = mkdtempSync(path.join(tmpdir(), 'sellout-guard-'));
  try {
    for (const name of copied) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    if (without !== undefined) takeOut(without, copy);
    const report = path.join(copy, 'report.json');
    const options = ['--reporter=json', `--outputFile=${report}`, `--testTimeout=${TEST_TIMEOUT_MS}`];
    await run(copy, ['run', ...options, ...args]);
    return (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function takeOut({ name, file, find, replace }: Guard, copy: string): void {
  const target = path.join(copy, file);
  const text = readFileSync(target, 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`"${name}": its text stands ${parts.length - 1} times in ${file}, not once`);
  writeFileSync(target, parts.join(replace));
}

/** Vitest's own exit code says nothing here: tests are meant to fail. Its report is what is read. */
function run(cwd: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
      cwd,
      stdio: 'ignore',
      timeout: RUN_MINUTES_MAX * 60_000,
      killSignal: 'SIGKILL',
    });
    child.once('error', reject);
    child.once('exit', (_code, signal) => {
      if (signal === null) resolve();
      else reject(new Error(`${args.join(' ')} has not ended within ${RUN_MINUTES_MAX} minutes`));
    });
  });
}

await command(main);
