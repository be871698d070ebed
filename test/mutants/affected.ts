import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TestedMutant } from './all-mutants.ts';
import { listTestFiles } from './find-faults.ts';

/** Files that decide how every mutant is made and tested. */
const SHARED_SETUP =
  /^(?:vitest\.config\.ts|test\/support\/services\/global-setup\.ts|test\/mutants\/(?!suites\/).*)$/;

export interface Comparison {
  readonly root: string;
  /** Changed files, the most recently changed first. */
  readonly changed: ReadonlySet<string>;
  /** The mutants before the changes. Null if the tree is compared with nothing, so that all mutants are affected. */
  readonly before: readonly TestedMutant[] | null;
  readonly fileOf: (mutant: TestedMutant) => string;
}

/**
 * Returns the mutants that changes may affect: first those whose guard or definition changed, the most recently changed
 * first, then those whose tests changed, or the modules of `test` that these import. A change of the shared setup affects
 * all.
 */
export function selectAffected(mutants: readonly TestedMutant[], comparison: Comparison): TestedMutant[] {
  const { root, changed, before, fileOf } = comparison;
  const ranks = new Map([...changed].map((file, rank) => [file, rank]));
  const rankOf = (mutant: TestedMutant) => ranks.get(fileOf(mutant)) ?? changed.size;
  const isDirect = (mutant: TestedMutant) =>
    before === null ||
    changed.has(fileOf(mutant)) ||
    !before.some((earlier) => isDeepStrictEqual(earlier, mutant));
  const direct = mutants.filter(isDirect).sort((a, b) => rankOf(a) - rankOf(b));
  const isAll = [...changed].some((file) => SHARED_SETUP.test(file));
  const chosen = new Set(direct);
  const others = mutants.filter(
    (mutant) =>
      !chosen.has(mutant) && (isAll || listModules(root, mutant.tests).some((module) => changed.has(module))),
  );
  return [...direct, ...others];
}

/** Returns the files of tests, and the modules of `test` that they import, directly or not. */
function listModules(root: string, tests: readonly string[]): string[] {
  const pending = tests.flatMap((test) => listTestFiles(path.join(root, test)));
  const found = new Set<string>();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (found.has(file) || !existsSync(file)) continue;
    found.add(file);
    const folder = path.dirname(file);
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.{1,2}\/[^']+)'/g);
    for (const [, specifier = ''] of imports) {
      const target = path.join(folder, specifier);
      if (target.startsWith(path.join(root, 'test') + path.sep)) pending.push(target);
    }
  }
  return [...found].map((file) => path.relative(root, file));
}
