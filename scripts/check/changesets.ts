// `npm run check:changesets`: rejects malformed changesets and, with --since, changes of the product without one.
import { execFileSync } from 'node:child_process';
import { readArguments, ROOT, runCommand } from '../local/command.ts';
import { findUndescribed, planRelease } from '../release/plan-release.ts';

await runCommand(async () => {
  const { values } = readArguments('check:changesets', { options: { since: { type: 'string' } } });
  await planRelease(ROOT);
  if (values.since === undefined) return;
  const undescribed = findUndescribed(list(values.since), list(values.since, '--diff-filter=A'));
  if (undescribed.length === 0) return;
  process.stderr.write(
    `The product has changed since ${values.since}, but no changeset says so:\n` +
      undescribed.map((file) => `  ${file}\n`).join('') +
      'Add a file to .changeset (CONTRIBUTING.md, Releases), an empty one if users notice nothing.\n',
  );
  process.exitCode = 1;
});

/** Returns the files that differ from where the branch began. */
function list(since: string, ...options: readonly string[]): string[] {
  const args = ['diff', '--name-only', ...options, `${since}...HEAD`, '--'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
}
