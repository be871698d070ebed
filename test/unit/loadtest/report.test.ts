import { expect, it } from 'vitest';
import { formatReport, type RunReport } from '../../../loadtest/run/report/report.ts';
import { scenarios } from '../../../loadtest/run/scenarios.ts';

const latencies = { count: 1_200, p50Ms: 3.21, p95Ms: 9, p99Ms: 20, maxMs: 31 };
const size = scenarios[0]?.full;
if (size === undefined) throw new Error('there is no scenario');
const report: RunReport = {
  scenario: 'same-seat',
  proves: 'Exactly one buyer books the seat.',
  command: 'npm run loadtest -- same-seat',
  machine: '2 × CPU',
  system: 'one API process',
  k6: 'k6 v1.8.1',
  size,
  seconds: 10,
  requests: { holdSeats: latencies },
  requestsBySecond: [],
  lag: { ...latencies, count: 7 },
  lagBySecond: [],
  watchers: { sockets: 50, messages: 100, gaps: 0, resyncs: 2 },
  counters: { holds_won: 1 },
  cpuSeconds: { k6: 0.6, API: 1.2 },
  memoryMib: { first: 90, peak: 120.4, last: 110 },
  checks: [{ what: 'audit', ok: true, found: 'no breach' }],
  audit: '  No breach found',
  messages: [],
};
const plots = { requests: 'same-seat.svg', lag: 'same-seat-lag.svg' };
/** Removes the padding of tables. */
const format = (changes: Partial<RunReport> = {}) =>
  formatReport({ ...report, ...changes }, plots)
    .replaceAll(/ +\|/g, ' |')
    .replaceAll(/\| +/g, '| ');

it('states the command, the machine and the CPU of k6 beside that of the server', () => {
  const text = format();
  expect(text).toContain('**Passed.**');
  expect(text).toContain(
    '- Command: `npm run loadtest -- same-seat`\n- Machine: 2 × CPU\n- System: one API process',
  );
  expect(text).toContain('| holdSeats | 1,200 | 3.2 | 9.0 | 20.0 | 31.0 |');
  expect(text).toContain('| COMMIT to socket | 7 |');
  expect(text).toContain('| k6 | 0.6 | 6 % | 500 |\n| API | 1.2 | 12 % | 1,000 |');
  expect(text).toContain('at most 120 MiB');
  expect(text).toContain('![Latency of requests by second](same-seat.svg)');
  expect(text).toContain('```text\n  No breach found\n```');
});

it('starts with the failure of a failed run', () => {
  const checks = [...report.checks, { what: 'dropped_iterations: count==0', ok: false, found: '3' }];
  const text = format({ checks, messages: ['holdSeats: status 503'] });
  expect(text).toContain('**Failed.** 1 of 2 checks do not hold.');
  expect(text).toContain('| dropped_iterations: count==0 | FAILED | 3 |');
  expect(text).toContain('holdSeats: status 503');
});

it('says if a deployment was not audited', () => {
  expect(format({ audit: null })).toContain('Not audited');
});
