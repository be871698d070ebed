import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployFolder, findUnknownSettings, loadProductionConfig, readDeployFile } from './deploy-files.ts';

const units = globSync('systemd/*.service', { cwd: deployFolder });

/** What the operator puts into the file of settings. */
const operator = {
  DATABASE_URL: 'postgresql:///sellout',
  REDIS_URL: 'redis://127.0.0.1:6379',
  AUTH_SECRET: 'x'.repeat(32),
};

function readUnit(file: string): { name: string; value: string }[] {
  const lines = readDeployFile(file).split('\n');
  return lines.flatMap((line) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, value }];
  });
}

function valueOf(file: string, name: string): string {
  return readUnit(file).findLast((line) => line.name === name)?.value ?? '';
}

describe('the systemd units', () => {
  it.each(units)('%s starts a script that exists, with settings that exist', (file) => {
    const script = valueOf(file, 'ExecStart').split(' ').at(-1) ?? '';
    expect(existsSync(path.join(deployFolder, '..', script))).toBe(true);
    const pairs = valueOf(file, 'Environment').replaceAll('%i', '4000').split(' ').filter(Boolean);
    const env = Object.fromEntries(pairs.map((pair) => pair.split('=', 2))) as Record<string, string>;
    expect(findUnknownSettings(env)).toEqual([]);
    loadProductionConfig({ ...operator, ...env });
  });

  it.each(units)('%s runs the pinned Node, as a user without privileges, on a read-only system', (file) => {
    expect(valueOf(file, 'ExecStart')).toMatch(/^\/opt\/sellout\/node_modules\/\.bin\/node /);
    expect(valueOf(file, 'User')).toBe('sellout');
    expect(valueOf(file, 'ProtectSystem')).toBe('strict');
    expect(valueOf(file, 'NoNewPrivileges')).toBe('yes');
  });
});
