// `npm run check`: all checks in turn, up to the first one that fails.
import { spawnSync } from 'node:child_process';
import { command } from '../local/explain.ts';
import { refuseArguments } from '../local/usage.ts';

const checks = ['types', 'lint', 'format:check', 'check:docs', 'check:files', 'check:mutants'];

await command(() => {
  refuseArguments('check');
  for (const name of checks) {
    const { status, error } = spawnSync('npm', ['run', name], { stdio: 'inherit' });
    if (error !== undefined) throw error;
    if (status === 0) continue;
    process.exitCode = status ?? 1;
    return;
  }
});
