import { expect, test } from 'vitest';
import { summarize } from '../../../scripts/check/test-summary.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
});

function report(success: boolean, ...testResults: ReturnType<typeof file>[]): string {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const numPassedTests = all.filter(({ status }) => status === 'passed').length;
  return JSON.stringify({ success, numPassedTests, testResults });
}

test('counts passed tests', () => {
  expect(summarize(report(true, file('passed', 'passed', 'passed')))).toEqual({ passed: 2, failed: 0 });
});

test('counts failed tests', () => {
  const text = report(false, file('failed', 'passed', 'failed'), file('passed', 'passed'));
  expect(summarize(text)).toEqual({ passed: 2, failed: 1 });
});

test('counts a file that failed to load as a failure', () => {
  expect(summarize(report(false, file('failed'), file('passed', 'passed')))).toEqual({
    passed: 1,
    failed: 1,
  });
});

test.each([
  ['no JSON', 'Killed'],
  ['an empty report', ''],
  ['a report without files', '{}'],
  ['a run without tests', report(true)],
  ['a run of skipped tests only', report(true, file('passed', 'skipped'))],
  ['an unhandled rejection beside green tests', report(false, file('passed', 'passed'))],
  ['counts that disagree', JSON.stringify({ success: true, numPassedTests: 3, testResults: [] })],
])('does not count %s as a pass', (_what, text) => {
  expect(summarize(text).fault).toBeDefined();
});
