import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findFileErrors, findLockErrors } from './file-errors.ts';

// Checks every file that git tracks or would track after `git add`.
const root = path.join(import.meta.dirname, '..', '..');
const list = execFileSync(
  'git',
  // The clone may belong to another user than the one who runs the checks.
  ['-c', `safe.directory=${root}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
const files = list.split('\0').filter((file) => file !== '' && existsSync(path.join(root, file)));
if (!files.includes('package-lock.json')) throw new Error('git does not list the files of this repository');

const faults = findLockErrors(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
for (const file of files) {
  const full = path.join(root, file);
  if (!lstatSync(full).isFile()) continue;
  const bytes = readFileSync(full);
  if (!bytes.includes(0)) faults.push(...findFileErrors(file, bytes.toString('utf8')));
}
for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
