import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { TestedMutant } from './all-mutants.ts';
import { readMutated } from './mutate.ts';
import { getFailures, runTests } from './run-tests.ts';

/** Number of mutants whose tests first run unmutated, together, if there is a time limit. */
const CHUNK = 40;
/** Twice as many as cores, because the tests of a mutant often wait for what never comes. */
const AT_ONCE = 2 * availableParallelism();

export interface RunOptions {
  readonly root: string;
  /** The file of each marker. */
  readonly files: ReadonlyMap<string, string>;
  /** No mutant is started later than this. */
  readonly minutesMax: number;
}

/** Numbers of mutants by outcome. */
interface Outcomes {
  killed: number;
  survived: number;
}

/** Runs mutants, prints each outcome, and returns whether all that ran were killed. */
export async function runMutants(mutants: readonly TestedMutant[], options: RunOptions): Promise<boolean> {
  const { root, minutesMax } = options;
  const startedAt = performance.now();
  const isTimeLeft = () => performance.now() - startedAt < minutesMax * 60_000;
  const outcomes = { killed: 0, survived: 0 };
  const size = Number.isFinite(minutesMax) ? CHUNK : Math.max(1, mutants.length);
  for (let at = 0; at < mutants.length && isTimeLeft(); at += size) {
    const chunk = mutants.slice(at, at + size);
    const failures = await runUnmutated(root, chunk);
    if (failures.length > 0) {
      console.log(`✗ These tests fail without any mutation:\n    ${failures.join('\n    ')}`);
      return false;
    }
    await runChunk(chunk, options, isTimeLeft, outcomes);
  }
  const { killed, survived } = outcomes;
  const ran = killed + survived;
  console.log(`\n${killed} of ${ran} mutants were killed, ${survived} survived.`);
  if (ran < mutants.length)
    console.log(
      `NOT RUN: ${mutants.length - ran} further mutants, because the ${minutesMax} minutes are over. \`npm run mutants\` runs all.`,
    );
  // A run that proves nothing is no success.
  return survived === 0 && (ran > 0 || mutants.length === 0);
}

async function runChunk(
  mutants: readonly TestedMutant[],
  { root, files }: RunOptions,
  isTimeLeft: () => boolean,
  outcomes: Outcomes,
): Promise<void> {
  const waiting = mutants.values();
  const runNext = async (): Promise<void> => {
    while (isTimeLeft()) {
      const { value: mutant } = waiting.next();
      if (mutant === undefined) return;
      const startedAt = performance.now();
      const failed = await runMutant(root, files, mutant);
      outcomes[failed.length === 0 ? 'survived' : 'killed']++;
      const mark = failed.length === 0 ? '✗ survived' : '✓ killed';
      console.log(`${mark} ${mutant.guard}: ${describe(mutant)} (${secondsSince(startedAt)} s)`);
      for (const name of failed.slice(0, 3)) console.log(`    ${name}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runNext));
}

/**
 * Returns the tests that fail without a mutation, because their failures would prove nothing. A file that fails beside others
 * runs once more alone: the timeout of these runs is short, and the machine may be busy.
 */
async function runUnmutated(root: string, mutants: readonly TestedMutant[]): Promise<string[]> {
  const startedAt = performance.now();
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  const results = tests.length === 0 ? [] : await runTests(root, tests);
  const suspects = results.filter(({ status }) => status !== 'passed').map(({ name }) => findTest(name));
  const again = suspects.length === 0 ? [] : await runTests(root, [...suspects, '--maxWorkers=1']);
  const failed = again.filter(({ status }) => status !== 'passed');
  const passed = results.length - failed.length;
  console.log(`${passed} test files pass without a mutation (${secondsSince(startedAt)} s)\n`);
  return failed.flatMap((file) => [
    path.basename(file.name),
    ...getFailures(file).map((name) => `  ${name}`),
  ]);
}

/** Returns the path of a test file from the root of its tree. Vitest reports where it is in the copy. */
function findTest(name: string): string {
  return name.slice(name.lastIndexOf(`${path.sep}test${path.sep}`) + 1);
}

/** Returns the tests that fail for a mutant, up to the first. With two workers, Vitest may cancel the failing test unreported. */
async function runMutant(
  root: string,
  files: ReadonlyMap<string, string>,
  mutant: TestedMutant,
): Promise<string[]> {
  const only = mutant.only === undefined ? [] : ['-t', mutant.only];
  const args = [...mutant.tests, '--bail=1', '--maxWorkers=1', ...only];
  const results = await runTests(root, args, readMutated(root, mutant, files));
  return results.flatMap(getFailures);
}

function describe({ mutation }: TestedMutant): string {
  if (typeof mutation === 'string') return mutation;
  const part = mutation.replace ?? 'all';
  return mutation.with === '' ? `remove ${part}` : `${part} → ${mutation.with}`;
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}
