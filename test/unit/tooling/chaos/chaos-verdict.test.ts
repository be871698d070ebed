import { expect, it } from 'vitest';
import { judgeRun } from '../../../chaos/verdict.ts';

const MIB = 1024 * 1024;
const kinds = [
  'API killed',
  'Redis flushed',
  'Redis killed and started again',
  'connections lost',
  'line goes dead',
  'pub/sub connections killed',
  'publishing delayed',
  'sockets paused',
];
const least = { objects: 42 * MIB, buffers: 6 * MIB };
const right = {
  seconds: 60,
  faults: new Map(kinds.map((kind) => [kind, 1])),
  requests: new Map<string, number>(),
  confirmed: 200,
  catchUps: new Map<string, number[]>(),
  version: 2_000,
  messages: 80_000,
  snapshots: 240,
  resumed: 500,
  skipped: 20,
  connections: 700,
  memory: [least, least, least, least],
  rightAfterMs: 0,
};
const grown = (by: Partial<typeof least>) => [least, least, least, { ...least, ...by }];

it('accepts a run in which everything happened', () => {
  expect(judgeRun(right)).toEqual([]);
});

it.each([
  ['a fault that never happened', { faults: new Map(kinds.slice(1).map((kind) => [kind, 1])) }, 'API killed'],
  ['few bookings', { version: 180 }, 'version 180'],
  ['no resumed subscription', { resumed: 0 }, 'resumed'],
  ['no skipped reader', { skipped: 0 }, 'skipped'],
  ['objects that leak', { memory: grown({ objects: 44.1 * MIB }) }, 'objects grew by 2.1 MiB'],
  ['buffers that leak', { memory: grown({ buffers: 12.1 * MIB }) }, 'buffers grew by 6.1 MiB'],
])('rejects a run with %s', (_, change, words) => {
  expect(judgeRun({ ...right, ...change })).toEqual([expect.stringContaining(words)]);
});

it('rejects a run without figures', () => {
  expect(judgeRun({ ...right, version: Number.NaN, skipped: Number.NaN, memory: [] })).toHaveLength(4);
});

it('ignores memory in short runs, in which caches still fill', () => {
  expect(judgeRun({ ...right, seconds: 15, memory: grown({ objects: 50 * MIB }) })).toEqual([]);
});
