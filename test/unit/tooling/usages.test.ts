import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allFaults, getFaultName } from '../../chaos/cluster/all-faults.ts';
import { benchmarks } from '../../../loadtest/bench/benchmarks.ts';
import { explain, ROOT } from '../../../scripts/local/command.ts';
import { getUsage } from '../../../scripts/bootstrap/usages.mjs';
import { runToEnd } from '../../support/processes/run-to-end.ts';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const names = Object.keys(scripts).filter((name) => name !== 'postinstall');

/** A clone in which nothing is installed. */
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'sellout-clone-'));
  mkdirSync(path.join(clone, 'scripts'));
  for (const name of ['package.json', 'package-lock.json', 'scripts/bootstrap', 'scripts/bootstrap.mjs'])
    cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true });
});
afterAll(() => rmSync(clone, { recursive: true }));

/** Runs a command like `npm run NAME -- ARGUMENTS`. */
function call(folder: string, name: string, ...args: string[]) {
  const [node, ...command] = scripts[name]?.split(' ') ?? [];
  expect(node).toBe('node');
  return runToEnd([...command, ...args], {}, folder);
}

it.each(names)('npm run %s -- --help prints the usage before anything is installed', async (name) => {
  const before = readdirSync(clone);
  const { code, stdout, stderr } = await call(clone, name, '--help');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${getUsage(name)}\n`, stderr: '' });
  expect(stdout).toMatch(name === 'start' || name === 'test' ? /^Usage: npm \w/ : /^Usage: npm run /);
  expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  expect(readdirSync(clone)).toEqual(before);
});

it('accepts -h, and --help after other arguments', async () => {
  expect((await call(clone, 'token', '--role', 'buyer', '-h')).stdout).toBe(`${getUsage('token')}\n`);
});

it('names every benchmark', () => {
  for (const { name } of benchmarks) expect(getUsage('bench')).toContain(name);
});

it('names every fault of a cluster', () => {
  for (const kind of allFaults) expect(getUsage('chaos')).toMatch(new RegExp(`[ ,]${getFaultName(kind)}\\b`));
});

it('rejects unknown arguments before doing anything', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sellout-data-'));
  writeFileSync(path.join(data, 'auth-secret'), 'kept');
  const { code, stderr } = await runToEnd(
    ['scripts/reset.ts', '--dry-run'],
    { SELLOUT_DATA_DIR: data },
    ROOT,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^\nUnknown option '--dry-run'[^]*Usage: npm run reset\n/);
  expect(readdirSync(data)).toEqual(['auth-secret']);
  rmSync(data, { recursive: true });
});

it('says what failed first, and what failed while everything was stopped', async () => {
  const run = async () => {
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Promise.reject(new Error('the server does not stop')));
    throw new Error('the port is used');
  };
  const error: unknown = await run().catch((reason: unknown) => reason);
  expect(explain(error)).toBe(
    'the port is used\nThen, while everything was stopped:\nthe server does not stop',
  );
});
