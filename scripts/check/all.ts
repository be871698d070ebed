// `npm run check`: runs all checks in turn and stops at the first one that fails.
import { spawnSync } from 'node:child_process';
import { refuseArguments, runCommand } from '../local/command.ts';

const checks = [
  'types',
  'lint',
  'format:check',
  'check:unused',
  'check:docs',
  'check:files',
  'check:mutants',
  'check:licenses',
  'check:schema',
  'check:changesets',
];

await runCommand(() => {
  refuseArguments('check');
  for (const name of checks) {
    const { status, error } = spawnSync('npm', ['run', name], { stdio: 'inherit' });
    if (error !== undefined) throw error;
    if (status === 0) continue;
    process.exitCode = status ?? 1;
    return;
  }
});
