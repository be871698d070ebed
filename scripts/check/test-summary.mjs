// Prints `tests: N passed, N failed` from vitest's JSON report, the last line of .ci/run.
//
//   node scripts/check/test-summary.mjs REPORT.json
//
// Exits with 1 if a test failed, if no test ran, or if the report can't be read. Plain JavaScript, because it must run on
// any Node, even after a failed setup.
import { readFileSync } from 'node:fs';

/** @returns {{ passed: number, failed: number, fault?: string }} */
export function summarize(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return { passed: 0, failed: 0, fault: 'the test report is not JSON' };
  }
  if (!Array.isArray(report?.testResults))
    return { passed: 0, failed: 0, fault: 'the test report lists no files' };
  const tests = report.testResults.flatMap((file) => file.assertionResults ?? []);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  // A file that failed to load or set up counts as one failure, because its tests are missing from the report.
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !(file.assertionResults ?? []).some(({ status }) => status === 'failed'),
  ).length;
  const failed = tests.filter(({ status }) => status === 'failed').length + brokenFiles;
  if (passed !== report.numPassedTests)
    return { passed, failed, fault: 'the test report contradicts itself' };
  if (passed + failed === 0) return { passed, failed, fault: 'no test ran' };
  if (failed === 0 && report.success !== true)
    return { passed, failed, fault: 'vitest itself reports a failure' };
  return { passed, failed };
}

function readReport(file) {
  try {
    return summarize(readFileSync(file, 'utf8'));
  } catch (error) {
    return { passed: 0, failed: 0, fault: `the test report can't be read: ${error.message}` };
  }
}

if (process.argv[1]?.endsWith('test-summary.mjs')) {
  const { passed, failed, fault } = readReport(process.argv[2] ?? '');
  if (fault) console.log(`not a pass: ${fault}`);
  console.log(`tests: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || fault ? 1 : 0;
}
