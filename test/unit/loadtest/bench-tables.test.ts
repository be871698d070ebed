import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchmarks } from '../../../loadtest/bench/benchmarks.ts';
import { listGoals, medianAndSpread, ratioAndSpread } from '../../../loadtest/bench/markdown.ts';
import { replaceTables, writeTables } from '../../../loadtest/bench/tables-page.ts';
import { ROOT } from '../../../scripts/local/command.ts';

let folder: string;

beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'sellout-bench-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = '# Page\n\n<!-- bench:one -->\n\nold\n\n<!-- /bench:one -->\n\nProse.\n';

it('finds the markers of every benchmark in the page, and none of another', () => {
  const text = readFileSync(path.join(ROOT, 'docs/benchmarks.md'), 'utf8');
  for (const { name } of benchmarks) expect(replaceTables(text, name, 'new')).toContain('\n\nnew\n\n');
  const marked = [...text.matchAll(/^<!-- bench:([\w-]+) -->$/gm)].map(([, name = '']) => name);
  expect(marked.toSorted()).toEqual(benchmarks.map(({ name }) => name).toSorted());
});

it('replaces only what is between the markers', () => {
  expect(replaceTables(page, 'one', '| new |\n')).toBe(page.replace('old', '| new |'));
});

it.each([
  ['no markers', '# Page\n'],
  ['only the first marker', page.replace('<!-- /bench:one -->', '')],
  ['swapped markers', '<!-- /bench:one -->\n<!-- bench:one -->\n'],
  ['two pairs', page + page],
  ['two first markers', '<!-- bench:one -->\n<!-- bench:one -->\n'],
])('refuses a page with %s', (_what, text) => {
  expect(() => replaceTables(text, 'one', 'new')).toThrow('one pair of markers');
});

it('writes a formatted page, and leaves no other file behind', async () => {
  const file = path.join(folder, 'page.md');
  writeFileSync(file, page);
  await writeTables(file, 'one', '| a | b |\n| - | -: |\n| long | 1 |');
  expect(readFileSync(file, 'utf8')).toBe(
    page.replace('old', '| a    |   b |\n| ---- | --: |\n| long |   1 |'),
  );
  expect(readdirSync(folder)).toEqual(['page.md']);
});

it('leaves the page as it was if a marker is missing', async () => {
  const file = path.join(folder, 'page.md');
  writeFileSync(file, page);
  await expect(writeTables(file, 'two', 'new')).rejects.toThrow('bench:two');
  expect(readFileSync(file, 'utf8')).toBe(page);
});

it('shows the spread of a median only if there is one', () => {
  expect(ratioAndSpread([3, 1, 2.04])).toBe('2.0× (1.0–3.0)');
  expect(ratioAndSpread([1, 1, 1])).toBe('1.0×');
  expect(medianAndSpread([24.14])).toBe('24.1');
});

it('states goals with what was measured, missed ones in bold', () => {
  const goals = [
    { goal: 'at least 2', measured: '3.0×', isMet: true },
    { goal: 'at most 1', measured: '1.5×', isMet: false },
  ];
  expect(listGoals(goals)).toBe(
    '- Goal: at least 2. Measured: 3.0×, met.\n- Goal: at most 1. Measured: 1.5×, **missed**.',
  );
});
