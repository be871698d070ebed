import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TestedMutant } from './all-mutants.ts';
import type { Marker } from './markers.ts';
import { readMutated } from './mutate.ts';

/** Compares the mutants with the markers in the tree and with their tests. Returns what is wrong, one line each. */
export function findFaults(
  root: string,
  mutants: readonly TestedMutant[],
  markers: readonly Marker[],
): string[] {
  const faults: string[] = [];
  const files = new Map<string, string>();
  for (const { guard, file } of markers) {
    if (files.has(guard)) faults.push(`${file}: the marker ${guard} is already in ${files.get(guard)}`);
    files.set(guard, file);
  }
  const named = new Set(mutants.filter((mutant) => !('file' in mutant)).map(({ guard }) => guard));
  for (const [guard, file] of files) {
    if (!named.has(guard)) faults.push(`${file}: no mutant names the marker ${guard}`);
  }
  for (const mutant of mutants) {
    try {
      checkTests(root, mutant);
      readMutated(root, mutant, files);
    } catch (error) {
      faults.push(`${mutant.guard}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults;
}

/** Throws if a test file does not exist, or if `only` is in none of them. Names composed at run time are not found. */
function checkTests(root: string, { tests, only }: TestedMutant): void {
  const missing = tests.find((test) => !existsSync(path.join(root, test)));
  if (missing !== undefined) throw new Error(`${missing} does not exist`);
  if (only === undefined) return;
  const files = tests.map((test) => path.join(root, test)).flatMap(listTestFiles);
  if (!files.some((file) => readFileSync(file, 'utf8').includes(only))) {
    throw new Error(`no test of ${tests.join(', ')} contains "${only}" in its name`);
  }
}

/** Returns a test file itself, or the test files in a folder. */
export function listTestFiles(fileOrFolder: string): string[] {
  if (!statSync(fileOrFolder).isDirectory()) return [fileOrFolder];
  const names = readdirSync(fileOrFolder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => path.join(fileOrFolder, name));
}
