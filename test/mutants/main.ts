import path from 'node:path';
import { readArguments, runCommand, UsageError } from '../../scripts/local/command.ts';
import { selectAffected } from './affected.ts';
import { allMutants, type TestedMutant } from './all-mutants.ts';
import { findBase, listChangedFiles, readMutantsAt, resolveBase } from './changes.ts';
import { findFaults } from './find-faults.ts';
import { findMarkers } from './markers.ts';
import { runMutants } from './run-mutants.ts';

/*
 * Mutation tests: each mutant disables or weakens one guard in a copy of the tree, and some test must fail for it. First
 * the same tests must pass without a mutation, because otherwise their failures would prove nothing.
 */

const root = path.resolve(import.meta.dirname, '../..');
const markers = findMarkers(root);
const files = new Map(markers.map(({ guard, file }) => [guard, file]));

async function main(): Promise<void> {
  const { positionals, values } = readArguments('mutants', {
    options: {
      check: { type: 'boolean' },
      changed: { type: 'boolean', default: false },
      since: { type: 'string' },
      minutes: { type: 'string' },
    },
    allowPositionals: true,
  });
  const minutesMax = readMinutes(values.minutes);
  const faults = findFaults(root, allMutants, markers);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  if (values.check)
    console.log(`${allMutants.length} mutants of ${files.size} marked guards, ${faults.length} faults`);
  if (values.check || faults.length > 0) return;

  const [word = ''] = positionals;
  const named = allMutants.filter((mutant) => `${mutant.guard} ${fileOf(mutant)}`.includes(word));
  if (named.length === 0) throw new UsageError('mutants', `No guard or file contains ${word}.`);
  const isComparing = values.changed || values.since !== undefined;
  const wanted = isComparing ? await keepAffected(named, values.since) : named;
  if (!(await runMutants(wanted, { root, files, minutesMax }))) process.exitCode = 1;
}

function readMinutes(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const minutes = Number(text);
  if (!(minutes > 0)) throw new UsageError('mutants', `--minutes must be a positive number, not ${text}.`);
  return minutes;
}

/** Returns the mutants that changes since a commit may affect. */
async function keepAffected(
  mutants: readonly TestedMutant[],
  since: string | undefined,
): Promise<TestedMutant[]> {
  const base = since === undefined ? findBase(root) : resolveBase(root, since);
  const affected = selectAffected(mutants, {
    root,
    fileOf,
    changed: listChangedFiles(root, base),
    before: base === null ? null : await readMutantsAt(root, base),
  });
  const compared =
    base === null
      ? 'There is no commit to compare with, so all mutants are affected; those whose files changed last come first.'
      : `${affected.length} of ${mutants.length} mutants are affected by changes since ${base.reason} (${base.commit}).`;
  console.log(compared);
  return affected;
}

function fileOf(mutant: TestedMutant): string {
  return 'file' in mutant ? mutant.file : (files.get(mutant.guard) ?? '');
}

await runCommand(main);
