import { spawnSync } from 'node:child_process';
import { tsc } from './tsc.ts';

// What runs in browsers must do without the types of Node, so it is a project of its own.
for (const project of [[], ['--project', 'src/web/seat-feed']]) {
  const { status, error } = spawnSync(process.execPath, [tsc, ...project], { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
}
