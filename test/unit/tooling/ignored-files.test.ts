import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

test('git ignores every data folder that the documentation suggests, secrets included', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sellout-ignored-'));
  try {
    copyFileSync(path.resolve(import.meta.dirname, '../../../.gitignore'), path.join(folder, '.gitignore'));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
    git('init', '--quiet');
    const files = ['.data/auth-secret', '.data2/auth-secret', '.data-b/running.json', '.env'];
    expect(
      git('check-ignore', ...files)
        .trim()
        .split('\n'),
    ).toEqual(files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
