import { availableParallelism } from 'node:os';
import path from 'node:path';
import { readArguments, runCommand } from '../../scripts/local/command.ts';
import { allMutants, type TestedMutant } from './all-mutants.ts';
import { findFaults } from './find-faults.ts';
import { findMarkers } from './markers.ts';
import type { Mutant } from './mutant.ts';
import { readMutated } from './mutate.ts';
import { getFailures, runTests } from './run-tests.ts';

/*
 * Mutation tests: each mutant disables or weakens one guard in a copy of the tree, and some test must fail for it. First
 * the same tests must pass without a mutation, because otherwise their failures would prove nothing.
 */

const root = path.resolve(import.meta.dirname, '../..');
const markers = findMarkers(root);
const files = new Map(markers.map(({ guard, file }) => [guard, file]));

async function main(): Promise<void> {
  const { positionals, values } = readArguments('mutants', {
    options: { check: { type: 'boolean' } },
    allowPositionals: true,
  });
  const faults = findFaults(root, allMutants, markers);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  if (values.check)
    console.log(`${allMutants.length} mutants of ${files.size} marked guards, ${faults.length} faults`);
  else if (faults.length === 0) await runAll(positionals[0] ?? '');
}

async function runAll(word: string): Promise<void> {
  const wanted = allMutants.filter((mutant) => `${mutant.guard} ${fileOf(mutant)}`.includes(word));
  const failures = await runUnmutated(wanted);
  if (failures.length > 0) {
    console.log(`✗ These tests fail without any mutation:\n    ${failures.join('\n    ')}`);
    process.exitCode = 1;
    return;
  }
  let survivors = 0;
  const waiting = wanted.values();
  const runNext = async (): Promise<void> => {
    for (const mutant of waiting) {
      const started = performance.now();
      const failed = await runMutant(mutant);
      if (failed.length === 0) survivors++;
      const outcome = failed.length === 0 ? '✗ survived' : '✓ killed';
      console.log(`${outcome} ${mutant.guard}: ${describe(mutant)} (${secondsSince(started)} s)`);
      for (const name of failed.slice(0, 3)) console.log(`    ${name}`);
    }
  };
  // Twice as many as cores, because the tests of a mutant often wait for what never comes.
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, runNext));
  console.log(
    `\n${wanted.length - survivors} of ${wanted.length} mutants were killed, ${survivors} survived.`,
  );
  if (survivors > 0 || wanted.length === 0) process.exitCode = 1;
}

/** Returns the tests that fail without a mutation. */
async function runUnmutated(mutants: readonly TestedMutant[]): Promise<string[]> {
  const started = performance.now();
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  const results = tests.length === 0 ? [] : await runTests(root, tests);
  const failed = results.filter(({ status }) => status !== 'passed');
  const passed = results.length - failed.length;
  console.log(`${passed} test files pass without a mutation (${secondsSince(started)} s)\n`);
  return failed.flatMap((file) => [
    path.basename(file.name),
    ...getFailures(file).map((name) => `  ${name}`),
  ]);
}

/** Returns the tests that fail for a mutant, up to the first. With two workers, Vitest may cancel the failing test unreported. */
async function runMutant(mutant: TestedMutant): Promise<string[]> {
  const only = mutant.only === undefined ? [] : ['-t', mutant.only];
  const args = [...mutant.tests, '--bail=1', '--maxWorkers=1', ...only];
  const results = await runTests(root, args, readMutated(root, mutant, files));
  return results.flatMap(getFailures);
}

function fileOf(mutant: Mutant): string {
  return 'file' in mutant ? mutant.file : (files.get(mutant.guard) ?? '');
}

function describe({ mutation }: Mutant): string {
  if (typeof mutation === 'string') return mutation;
  const part = mutation.replace ?? 'all';
  return mutation.with === '' ? `remove ${part}` : `${part} → ${mutation.with}`;
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

await runCommand(main);
