import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findK6, isNewEnough } from '../../../loadtest/run/find-k6.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sellout-k6-'));
  // Hides the programs of this machine.
  vi.stubEnv('PATH', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function writeProgram(name: string, output: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${output}'\n`);
  chmodSync(file, 0o755);
  return file;
}

const find = (env: Record<string, string>, mayBuild = true) =>
  findK6({ env: { XDG_CACHE_HOME: folder, ...env }, mayBuild, print: () => undefined });

it('uses K6, else k6 in PATH', () => {
  const program = writeProgram('other', 'k6 v9.9.9 (go1.26)');
  expect(find({ K6: program })).toEqual({ program, version: 'k6 v9.9.9 (go1.26)' });
  writeProgram('k6', 'k6 v1.8.1 (go1.26)');
  expect(find({})).toEqual({ program: 'k6', version: 'k6 v1.8.1 (go1.26)' });
});

it('refuses a program in K6 that is not k6', () => {
  expect(() => find({ K6: writeProgram('other', 'hello') })).toThrow('does not run as k6');
});

it('says how to get k6 if there is none and it can not be built', () => {
  expect(() => find({})).toThrow('Go is not installed.\nInstall k6 (https://');
  writeProgram('go', 'go1.23.9');
  expect(() => find({})).toThrow('go1.23.9 is too old to build it');
});

it('fails in CI instead of downloading k6, even if Go is there', () => {
  writeProgram('go', 'go1.26.8');
  expect(() => find({}, false)).toThrow('CI does not download it.\nInstall k6 (https://');
});

it.each([
  ['go1.23.9', false],
  ['go1.24', true],
  ['go1.26.8', true],
  ['go2.0', true],
  ['devel', false],
])('builds k6 with %s: %s', (version, expected) => expect(isNewEnough(version)).toBe(expected));
