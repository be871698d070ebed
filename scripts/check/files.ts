import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../local/command.ts';
import { findFileErrors, findFolderErrors, findLockErrors } from './file-errors.ts';
import { findWordingErrors } from './wording.ts';

// Checks every file that git tracks or would track after `git add`.
const list = execFileSync(
  'git',
  // The clone may belong to another user than the one who runs the checks.
  ['-c', `safe.directory=${ROOT}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
const files = list.split('\0').filter((file) => file !== '' && existsSync(path.join(ROOT, file)));
if (!files.includes('package-lock.json')) throw new Error('git does not list the files of this repository');

const errors = [
  ...findLockErrors(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')),
  ...findFolderErrors(files),
];
for (const file of files) {
  const full = path.join(ROOT, file);
  if (!lstatSync(full).isFile()) continue;
  const bytes = readFileSync(full);
  if (bytes.includes(0)) continue;
  const text = bytes.toString('utf8');
  errors.push(...findFileErrors(file, text), ...findWordingErrors(file, text));
}
for (const error of errors) console.error(error);
console.log(`${files.length} files checked, ${errors.length} errors`);
process.exitCode = errors.length === 0 ? 0 : 1;
