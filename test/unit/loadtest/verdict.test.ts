import { expect, it } from 'vitest';
import { getExitStatus, judge, type Findings } from '../../../loadtest/run/report/verdict.ts';
import { SocketWatcher } from '../../../loadtest/run/watch/socket-watcher.ts';

const summary = (ok: boolean) => ({
  metrics: {
    dropped_iterations: { values: { count: ok ? 0 : 3, rate: 0 }, thresholds: { 'count==0': { ok } } },
    http_req_duration: { values: { med: 2 } },
    'http_req_duration{name:holdSeats}': {
      values: { count: 9, 'p(99)': 12.345 },
      thresholds: { 'p(99)<500': { ok: true } },
    },
    'http_req_duration{name:browse}': {
      values: { count: 0, 'p(99)': 0 },
      thresholds: { 'p(99)<500': { ok: true } },
    },
  },
});
const right: Findings = {
  summary: summary(true),
  watchers: { sockets: 10, messages: 900, gaps: 0, resyncs: 1, closed: 0, wrongMaps: 0 },
  bookings: { acknowledged: 7, stored: 7 },
  audit: { breaches: 0 },
  memoryMib: [],
};
const flat = Array.from({ length: 400 }, (_, i) => 200 + (i % 50));
const failed = (findings: Findings) =>
  judge(findings).flatMap(({ what, ok, found }) => (ok ? [] : [`${what} (${found})`]));

it('passes a run in which every check holds', () => {
  const checks = judge({ ...right, memoryMib: flat });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ what, found }) => `${what} (${found})`)).toEqual([
    'dropped_iterations: count==0 (0)',
    'http_req_duration{name:holdSeats}: p(99)<500 (12.35)',
    'no gap in a map (0 of 900 messages)',
    'every watcher shows the final map (0 of 10 wrong)',
    'no socket was closed (0 of 10 closed)',
    'clients know of every booking (7 acknowledged, 7 stored)',
    'audit (no breach)',
    'memory of the API is flat (200 MiB, then 200 MiB)',
  ]);
  expect(getExitStatus(checks)).toBe(0);
});

it.each([
  ['a breached threshold', { summary: summary(false) }, 'dropped_iterations: count==0 (3)'],
  ['a gap', { watchers: { ...right.watchers, gaps: 1 } }, 'no gap in a map'],
  ['a wrong map', { watchers: { ...right.watchers, wrongMaps: 1 } }, 'every watcher shows the final map'],
  ['a closed socket', { watchers: { ...right.watchers, closed: 1 } }, 'no socket was closed'],
  ['an unknown booking', { bookings: { acknowledged: 1, stored: 2 } }, 'clients know of every booking'],
  ['a breach of an invariant', { audit: { breaches: 2 } }, 'audit (2 breaches)'],
  ['memory that grows', { memoryMib: flat.map((mib, i) => mib + i) }, 'memory of the API is flat'],
])('fails a run with %s, with exit status 99', (_, change, message) => {
  const findings = { ...right, ...change };
  expect(failed(findings)).toEqual([expect.stringContaining(message)]);
  expect(getExitStatus(judge(findings))).toBe(99);
});

it('judges only what could be read', () => {
  const watchers = { ...right.watchers, sockets: 0, messages: 0 };
  const checks = judge({ ...right, watchers, bookings: null, audit: null, memoryMib: [1, 999] });
  expect(checks.map(({ what }) => what)).toEqual([
    'dropped_iterations: count==0',
    'http_req_duration{name:holdSeats}: p(99)<500',
  ]);
});

it('finds the gap in the messages of a watcher, and compares its map', () => {
  const watcher = new SocketWatcher(8);
  const map = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
  watcher.take({ version: 5, states: map(0, 0) });
  watcher.take({ fromVersion: 5, version: 6, seats: [{ index: 6, status: 'BOOKED' }] });
  expect(watcher.shows(6, map(0, 0b0010_0000))).toBe(true);
  expect(watcher.shows(6, map(0, 0))).toBe(false);
  expect(watcher.shows(7, map(0, 0b0010_0000))).toBe(false);
  watcher.take({ fromVersion: 7, version: 8, seats: [{ index: 6, status: 'AVAILABLE' }] });
  watcher.take({ version: 9, states: map(0, 0) });
  expect(watcher).toMatchObject({ messages: 4, gaps: 1, resyncs: 1 });
});
