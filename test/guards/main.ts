import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { Guard } from './guard.ts';
import { bookingGuards } from './booking-guards.ts';
import { messageGuards } from './message-guards.ts';
import { pageGuards } from './page-guards.ts';
import { seatMapGuards } from './seat-map-guards.ts';
import { seatReadGuards } from './seat-read-guards.ts';

/*
 * Takes out each guard in turn, in a copy of the tree, and sees that a test fails for it. A guard that no test misses
 * is not a guard. `npm run guards`, or `npm run guards -- lock` for those whose name has the word.
 */

const root = path.resolve(import.meta.dirname, '../..');
const copied = [
  'src',
  'prisma',
  'test',
  'scripts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'prisma.config.ts',
];

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

async function main(): Promise<void> {
  // The quick ones first.
  const wanted = [
    ...messageGuards,
    ...pageGuards,
    ...seatMapGuards,
    ...seatReadGuards,
    ...bookingGuards,
  ].filter(({ name }) => name.includes(process.argv[2] ?? ''));
  let missed = 0;
  const waiting = wanted.values();
  const takeOutNext = async (): Promise<void> => {
    for (const guard of waiting) {
      const started = performance.now();
      const failed = await failingTests(guard);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (failed.length === 0) missed++;
      console.log(`${failed.length > 0 ? '✓' : '✗'} ${guard.name} (${seconds} s)`);
      console.log(failed.length > 0 ? `    ${failed.slice(0, 3).join('\n    ')}` : '    NO TEST FAILED');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeOutNext));
  console.log(
    `\n${wanted.length - missed} of ${wanted.length} guards are missed by a test when they are taken out.`,
  );
  if (missed > 0 || wanted.length === 0) process.exitCode = 1;
}

async function failingTests(guard: Guard): Promise<string[]> {
  const copy = mkdtempSync(path.join(tmpdir(), 'sellout-guard-'));
  try {
    for (const name of copied) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    takeOut(guard, copy);
    const report = path.join(copy, 'report.json');
    const only = guard.only === undefined ? [] : ['-t', guard.only];
    // One failed test is enough. With one worker, for of two at once the one that fails can be called off unreported.
    const options = ['--bail=1', '--maxWorkers=1', '--reporter=json', `--outputFile=${report}`, ...only];
    await run(copy, ['run', ...options, ...guard.tests]);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function takeOut({ name, file, find, replace }: Guard, copy: string): void {
  const target = path.join(copy, file);
  const text = readFileSync(target, 'utf8');
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`"${name}": its text stands ${parts.length - 1} times in ${file}, not once`);
  writeFileSync(target, parts.join(replace));
}

/** Vitest's own exit code says nothing here: tests are meant to fail. Its report is what is read. */
function run(cwd: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
      cwd,
      stdio: 'ignore',
    });
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}

await main();
