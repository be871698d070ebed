// `npm run check`: runs all checks in turn and stops at the first one that fails.
import { spawnSync } from 'node:child_process';
import { refuseArguments, runCommand } from '../local/command.ts';

/** Each is a script of package.json and a step of .ci/run. */
const checks: readonly [script: string, ...args: string[]][] = [
  ['types'],
  ['lint'],
  ['format:check'],
  ['check:unused'],
  ['check:docs'],
  ['check:files'],
  ['check:mutants'],
  ['check:licenses'],
  ['check:schema'],
  ['check:changesets'],
  ['schema', '--check'],
  ['db:diff'],
];

await runCommand(() => {
  refuseArguments('check');
  for (const [script, ...args] of checks) {
    const { status, error } = spawnSync('npm', ['run', script, '--', ...args], { stdio: 'inherit' });
    if (error !== undefined) throw error;
    if (status === 0) continue;
    process.exitCode = status ?? 1;
    return;
  }
});
