import { spawnSync } from 'node:child_process';
import path from 'node:path';

// The command is called tsc and its package typescript, so bootstrap can't find the one by the other.
const tsc = path.join(import.meta.dirname, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
const given = process.argv.slice(2);
// What runs in browsers must do without the types of Node, so it is a project of its own.
const projects = given.length > 0 ? [given] : [[], ['--project', 'src/web/seat-feed']];
for (const project of projects) {
  const { status, error } = spawnSync(process.execPath, [tsc, ...project], { stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exitCode = status ?? 1;
}
