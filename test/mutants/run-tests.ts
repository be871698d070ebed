import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const copied = [
  'src',
  'prisma',
  'test',
  'scripts',
  'docs/examples',
  'docs/schema.md',
  'loadtest/bench',
  'loadtest/capacity',
  'loadtest/simulation/people',
  'deploy/cluster',
  'deploy/prometheus',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'prisma.config.ts',
  'schema.graphql',
];

/** Timeout of a test. Without its guard, many a test waits forever. It also holds without a mutation, so that slow is not killed. */
const TEST_TIMEOUT_MS = 20_000;
/** Maximum time of one run. A mutant may loop forever, which no timeout of a test ends. Unmutated, all tests run at once. */
const RUN_MINUTES_MAX = { mutated: 4, unmutated: 15 } as const;

export interface FileResult {
  readonly name: string;
  /** Also `failed` if the file can't be loaded, in which case it has no tests. */
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

/** Runs tests in a copy of the tree, of which it may replace one file. `args` are Vitest's. */
export async function runTests(
  root: string,
  args: readonly string[],
  replaced?: { readonly file: string; readonly text: string },
): Promise<readonly FileResult[]> {
  const copy = mkdtempSync(path.join(tmpdir(), 'sellout-mutant-'));
  try {
    for (const name of copied) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    if (replaced !== undefined) writeFileSync(path.join(copy, replaced.file), replaced.text);
    const report = path.join(copy, 'report.json');
    const options = ['--reporter=json', `--outputFile=${report}`, `--testTimeout=${TEST_TIMEOUT_MS}`];
    const minutesMax = RUN_MINUTES_MAX[replaced === undefined ? 'unmutated' : 'mutated'];
    await runVitest(copy, ['run', ...options, ...args], minutesMax);
    return (JSON.parse(readFileSync(report, 'utf8')) as { readonly testResults: readonly FileResult[] })
      .testResults;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

export function getFailures({ assertionResults }: FileResult): string[] {
  return assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
}

/** Ignores Vitest's exit status, because tests are meant to fail. */
function runVitest(cwd: string, args: string[], minutesMax: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
      cwd,
      stdio: 'ignore',
      timeout: minutesMax * 60_000,
      killSignal: 'SIGKILL',
    });
    child.once('error', reject);
    child.once('exit', (_code, signal) => {
      if (signal === null) resolve();
      else reject(new Error(`vitest ${args.join(' ')} did not end within ${minutesMax} minutes`));
    });
  });
}
