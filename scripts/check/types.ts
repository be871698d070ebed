import { spawnSync } from 'node:child_process';
import path from 'node:path';

// The command is called tsc and its package typescript, so bootstrap can't find the one by the other.
const tsc = path.join(import.meta.dirname, '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
const { status, error } = spawnSync(process.execPath, [tsc, ...process.argv.slice(2)], { stdio: 'inherit' });
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
