import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selectAffected } from '../../mutants/affected.ts';
import type { TestedMutant } from '../../mutants/all-mutants.ts';
import { findBase, listChangedFiles, readMutantsAt, resolveBase } from '../../mutants/changes.ts';

const root = mkdtempSync(path.join(tmpdir(), 'sellout-affected-'));

const lock: TestedMutant = { guard: 'lock', mutation: 'remove', tests: ['test/db/lock.test.ts'] };
const limit: TestedMutant = { guard: 'limit', mutation: 'never', tests: ['test/unit'] };
const mutants = [lock, limit];
const guardFiles: Record<string, string> = { lock: 'src/lock.ts', limit: 'src/limit.ts' };

function write(file: string, text: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

function git(...args: string[]): string {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(file: string, text: string): string {
  write(file, text);
  git('add', '.');
  git('commit', '--quiet', '--message', file);
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  git('init', '--quiet', '--initial-branch=main');
  write('package.json', '{ "type": "module" }\n');
  write('src/limit.ts', 'limit\n');
  write('test/support/hall.ts', 'export {};\n');
  write('test/db/lock.test.ts', "import '../support/hall.ts';\n");
  write('test/unit/limit.test.ts', 'export {};\n');
  write('test/mutants/all-mutants.ts', `export const allMutants = ${JSON.stringify(mutants)};\n`);
  commit('src/lock.ts', 'lock\n');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns the names of the guards that changes of these files affect. */
function affected(changed: readonly string[], before: readonly TestedMutant[] | null = mutants): string[] {
  const selected = selectAffected(mutants, {
    root,
    changed: new Set(changed),
    before,
    fileOf: ({ guard }) => guardFiles[guard] ?? '',
  });
  return selected.map(({ guard }) => guard);
}

it.each([
  ['the file of a guard', ['src/limit.ts'], ['limit']],
  ['a test', ['test/db/lock.test.ts'], ['lock']],
  ['a test in a folder of tests', ['test/unit/limit.test.ts'], ['limit']],
  ['a module that a test imports', ['test/support/hall.ts'], ['lock']],
  ['neither', ['src/other.ts', 'README.md', 'test/mutants/suites/http.ts'], []],
  ['two guards, the latest first', ['src/limit.ts', 'src/lock.ts'], ['limit', 'lock']],
  ['a guard before the test of another', ['test/db/lock.test.ts', 'src/limit.ts'], ['limit', 'lock']],
  ['the shared setup', ['test/support/services/global-setup.ts'], ['lock', 'limit']],
  ['the configuration of Vitest', ['vitest.config.ts'], ['lock', 'limit']],
  ['the runner of the mutants', ['test/mutants/mutate.ts'], ['lock', 'limit']],
])('selects the mutants that a change of %s affects', (_what, changed, expected) => {
  expect(affected(changed)).toEqual(expected);
});

it('selects a mutant whose definition changed, and all without anything to compare with', () => {
  expect(affected([], [lock, { ...limit, mutation: 'always' }])).toEqual(['limit']);
  expect(affected(['src/limit.ts'], null)).toEqual(['limit', 'lock']);
});

it('compares with the commit where the branch left origin/main, else with the last release, else with none', () => {
  const first = git('rev-parse', 'HEAD');
  expect(findBase(root)).toBeNull();
  git('update-ref', 'refs/remotes/origin/main', first);
  expect(findBase(root)).toBeNull();
  git('tag', 'v1.0.0');
  const second = commit('src/lock.ts', 'lock again\n');
  expect(findBase(root)?.commit).toBe(first);
  git('update-ref', 'refs/remotes/origin/main', second);
  expect(findBase(root)).toEqual({ commit: 'v1.0.0', reason: 'the last release' });
});

it('lists changed files, the latest first, without those that were changed back', async () => {
  const base = resolveBase(root, 'HEAD');
  commit('src/limit.ts', 'limit again\n');
  commit('src/back.ts', 'soon gone\n');
  git('rm', '--quiet', 'src/back.ts');
  commit('test/db/lock.test.ts', 'export {};\n');
  write('src/new.ts', 'untracked\n');
  expect([...listChangedFiles(root, base)]).toEqual(['src/new.ts', 'test/db/lock.test.ts', 'src/limit.ts']);
  expect(listChangedFiles(root, null)).toContain('src/lock.ts');
  expect(await readMutantsAt(root, base)).toEqual(mutants);
  expect(() => resolveBase(root, 'no-such')).toThrow('--since no-such');
});
