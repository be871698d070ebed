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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToInstall } from '../../scripts/bootstrap/install.mjs';
import { TEST_SECRET } from '../support/processes/api-process.ts';
import { runToEnd } from '../support/processes/run-to-end.ts';

const root = path.resolve(import.meta.dirname, '../..');
const generated = path.join(root, 'src/generated');

let folder: string;

/** A clone with installed packages, in which nothing has been generated. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sellout-installed-'));
  for (const name of ['src', 'prisma', 'scripts', 'package.json', 'prisma.config.ts', 'tsconfig.json']) {
    cpSync(path.join(root, name), path.join(folder, name), {
      recursive: true,
      filter: (source) => source !== generated,
    });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('after npm ci, with or without --omit=dev', () => {
  it('the Prisma client is generated', async () => {
    const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const [program, script = ''] = scripts['postinstall']?.split(' ') ?? [];
    expect(program).toBe('node');
    expect(existsSync(path.join(folder, 'src/generated'))).toBe(false);
    expect(await runToEnd([script], {}, folder)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(existsSync(path.join(folder, 'src/generated/prisma/client.ts'))).toBe(true);
  });

  it.each(['src/main/api.ts', 'src/main/worker.ts'])('%s starts and reads .env', async (file) => {
    writeFileSync(
      path.join(folder, '.env'),
      `AUTH_SECRET=${TEST_SECRET}\nPORT=from-the-file\nREDIS_URL=redis://localhost\n`,
    );
    const { code, stderr } = await runToEnd([file], { DATABASE_URL: 'from-the-environment' }, folder);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'The configuration has 2 errors:',
      '  PORT: must be a number, not "from-the-file"',
      expect.stringMatching(/^ {2}DATABASE_URL: must be a URL/),
    ]);
  });

  it('environment variables override .env', async () => {
    writeFileSync(path.join(folder, '.env'), 'PORT=from-the-file\n');
    const { stderr } = await runToEnd(['src/main/api.ts'], { PORT: 'from-the-environment' }, folder);
    expect(stderr).toContain('PORT: must be a number, not "from-the-environment"');
  });

  it('tests ignore .env', async () => {
    writeFileSync(path.join(folder, '.env'), 'PORT=from-the-file\n');
    const { stderr } = await runToEnd(['src/main/api.ts'], { NODE_ENV: 'test' }, folder);
    expect(stderr).toContain('AUTH_SECRET: is required');
    expect(stderr).not.toContain('PORT');
  });
});

describe('the bootstrap', () => {
  const wanted = {
    '': {},
    'node_modules/needed': { version: '1.0.0', integrity: 'a' },
    'node_modules/for-tests': { version: '1.0.0', integrity: 'b', dev: true },
    'node_modules/elsewhere': { version: '1.0.0', integrity: 'c', optional: true },
  };

  function installed(...names: string[]): string {
    const clone = mkdtempSync(path.join(folder, 'clone-'));
    mkdirSync(path.join(clone, 'node_modules'));
    const packages = Object.fromEntries(
      Object.entries(wanted).filter(([location]) => names.some((name) => location.endsWith(name))),
    );
    writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    writeFileSync(path.join(clone, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
    return clone;
  }

  it('installs nothing after an operator omitted the development packages', () => {
    expect(reasonToInstall(installed('needed'), false)).toBeNull();
    expect(reasonToInstall(installed('needed', 'for-tests'), false)).toBeNull();
    expect(reasonToInstall(installed('for-tests'), false)).toBe('needed is not installed');
  });

  it('installs development packages for a developer', () => {
    expect(reasonToInstall(installed('needed'), true)).toBe('for-tests is not installed');
    expect(reasonToInstall(installed('needed', 'for-tests'), true)).toBeNull();
  });
});
