import { spawnSync } from 'node:child_process';
import { tsc } from './tsc.ts';

// seat-feed and the shop run in browsers, and the load tests in k6, so they are separate projects without Node's types.
for (const project of [
  [],
  ['--project', 'src/web/seat-feed'],
  ['--project', 'src/web/shop'],
  ['--project', 'loadtest/k6'],
]) {
  const { status, error } = spawnSync(process.execPath, [tsc, ...project], { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
}
