import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../../scripts/local/command.ts';
import { findUndescribed, planRelease } from '../../../scripts/release/plan-release.ts';
import { release } from '../../../scripts/release/release.ts';

let folder: string;
const at = (file: string) => path.join(folder, file);
const read = (file: string) => readFileSync(at(file), 'utf8');
const versionOf = (file: string) => (JSON.parse(read(file)) as { version: string }).version;

function addChangeset(...lines: readonly string[]): void {
  writeFileSync(at('.changeset/brave-seats.md'), `---\n${lines.join('\n')}\n---\n\nSell faster.\n`);
  execFileSync('git', ['add', '-A'], { cwd: folder });
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'Sell'], {
    cwd: folder,
  });
}

/** Creates a repository with the packages of this one. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sellout-release-'));
  const names = [
    'package.json',
    '.changeset/config.json',
    'CHANGELOG.md',
    'schema.graphql',
    '.prettierrc.json',
  ];
  for (const name of [...names, 'src/web/seat-feed/package.json', 'src/web/seat-feed/CHANGELOG.md'])
    if (existsSync(path.join(ROOT, name))) cpSync(path.join(ROOT, name), at(name));
  mkdirSync(at('releases'));
  writeFileSync(at('releases/breaking-changes.json'), '{"Query.gone": "no reason"}');
  symlinkSync(path.join(ROOT, 'node_modules'), at('node_modules'));
  writeFileSync(at('.gitignore'), 'node_modules\n');
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a release', () => {
  it('raises the version of the server, and describes it in the changelog', async () => {
    addChangeset('sellout: minor');
    expect(await release(folder)).toEqual(['sellout 0.2.0']);
    expect([versionOf('package.json'), versionOf('src/web/seat-feed/package.json')]).toEqual([
      '0.2.0',
      '0.1.0',
    ]);
    expect(read('CHANGELOG.md')).toMatch(
      /^# sellout\n\n## 0\.2\.0\n\n### Minor Changes\n\n- .*Sell faster\.\n\n## 0\.1\.0\n/,
    );
    expect(existsSync(at('.changeset/brave-seats.md'))).toBe(false);
  });

  it('raises the version of a workspace by itself', async () => {
    addChangeset("'@sellout/seat-feed': patch");
    expect(await release(folder)).toEqual(['@sellout/seat-feed 0.1.1']);
    expect(read('src/web/seat-feed/CHANGELOG.md')).toContain('## 0.1.1');
  });

  it('makes the schema that of the last release, and forgets noted breaks', async () => {
    addChangeset('sellout: patch');
    await release(folder);
    expect(read('releases/schema.graphql')).toBe(read('schema.graphql'));
    expect(read('releases/breaking-changes.json')).toBe('{}\n');
  });

  it('changes nothing without changesets, or with an empty one', async () => {
    expect(await release(folder)).toEqual([]);
    expect(versionOf('package.json')).toBe('0.1.0');
  });
});

it('refuses a changeset for a package that does not exist', async () => {
  addChangeset('sellot: patch');
  await expect(planRelease(folder)).rejects.toThrow('sellot');
});

describe('the check of a branch', () => {
  it.each([[['src/booking/rules/decide.ts']], [['schema.graphql']], [['prisma/migrations/1/migration.sql']]])(
    'demands a changeset for %j',
    (changed) => {
      expect(findUndescribed(changed, [])).toEqual(changed);
      expect(findUndescribed(changed, ['.changeset/brave-seats.md'])).toEqual([]);
      expect(findUndescribed(changed, ['.changeset/README.md', '.changeset/config.json'])).toEqual(changed);
    },
  );

  it('demands none for documentation, tests and tools', () => {
    const changed = ['docs/scaling.md', 'test/unit/a.test.ts', 'scripts/start.ts', 'src/generated/a.ts'];
    expect(findUndescribed(changed, [])).toEqual([]);
  });
});
