import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRuns } from '../../../loadtest/bench/compare/compare.ts';
import { findCommit } from '../../../loadtest/bench/compare/revision.ts';

let folder: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sellout-compare-'));
  git('init', '--quiet');
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '-qm', 'First', '--allow-empty');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the revision to compare with', () => {
  it('may have any name that git knows', () => {
    expect(findCommit('HEAD', folder)).toBe(git('rev-parse', 'HEAD'));
  });

  it.each(['missing', '--all', 'HEAD:README.md', ''])(
    'is refused in one line if it does not exist: %j',
    (name) => {
      expect(() => findCommit(name, folder)).toThrow(`There is no revision '${name}'.`);
    },
  );

  it('is not looked at while the working tree has changes', () => {
    writeFileSync(path.join(folder, 'new.txt'), '');
    expect(() => findCommit('HEAD', folder)).toThrow('The working tree has changes.');
  });
});

it('the table has the ratios of the rounds, of this tree to the other', () => {
  const figures = { p50Ms: 1, p99Ms: 2, serverMicros: 100, postgresMicros: 50 };
  const table = describeRuns([
    {
      name: 'hold',
      before: [100, 200, 400].map((perSecond) => ({ ...figures, perSecond })),
      after: [150, 240, 360].map((perSecond) => ({ ...figures, perSecond, p50Ms: 0.5 })),
    },
  ]);
  expect(table.split('\n').at(-1)).toMatch(
    /^\| holdSeats in process, 256 callers \| +200 \| +240 \| 1\.2× \(0\.90–1\.5\) \| 0\.50× \| 1\.0× \| +1\.0× \| +1\.0× \| +100 \|$/,
  );
});
