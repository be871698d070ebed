import { beforeAll, expect, test } from 'vitest';
import { lintSample, type Finding } from '../../../scripts/check/lint-sample.ts';

interface BadFile {
  readonly file: string;
  readonly text: string;
  readonly rule: string;
}

/** One error per file. Includes type-aware rules, which would report nothing if tsgolint were missing. */
const badFiles: BadFile[] = [
  badFile(
    'src/booking/floating.ts',
    'typescript(no-floating-promises)',
    'export function f(p: Promise<1>) { p; }',
  ),
  badFile(
    'src/booking/awaits.ts',
    'typescript(await-thenable)',
    'export async function f(n: number) { await n; }',
  ),
  badFile(
    'src/booking/misused.ts',
    'typescript(no-misused-promises)',
    'export const f = (p: Promise<1>) => (p ? 1 : 2);',
  ),
  badFile(
    'src/booking/unhandled-case.ts',
    'typescript(switch-exhaustiveness-check)',
    "export function f(s: 'a' | 'b') { switch (s) { case 'a': return 1; } return 2; }",
  ),
  badFile(
    'src/booking/not-awaited-in-try.ts',
    'typescript(return-await)',
    'export async function f(p: Promise<1>) { try { return p; } catch { return 2; } }',
  ),
  badFile('src/booking/throws.ts', 'typescript(only-throw-error)', "export function f() { throw 'no'; }"),
  badFile(
    'src/booking/any.ts',
    'typescript(no-explicit-any)',
    'export function f(x: any) { return Boolean(x); }',
  ),
  badFile(
    'src/booking/unsafe.ts',
    'typescript(no-unsafe-assignment)',
    "export const row: number = JSON.parse('1');",
  ),
  badFile('src/booking/unused.ts', 'eslint(no-unused-vars)', 'const x = 1;'),
  badFile('src/booking/let.ts', 'eslint(prefer-const)', 'let x = 1; export const y = x;'),
  badFile('src/booking/loose.ts', 'eslint(eqeqeq)', 'export const f = (a: number, b: number) => a == b;'),
  badFile('src/booking/prints.ts', 'eslint(no-console)', "console.log('x');"),
  badFile('src/booking/exits.ts', 'unicorn(no-process-exit)', 'process.exit(1);'),
  badFile('src/booking/env.ts', 'node(no-process-env)', "export const x = process.env['X'];"),
  badFile('src/booking/env-taken.ts', 'eslint(no-restricted-properties)', 'export const { env } = process;'),
  badFile(
    'src/booking/env-imported.ts',
    'eslint(no-restricted-imports)',
    "import { env } from 'node:process';\nexport const x = env['X'];",
  ),
  badFile('src/booking/default.ts', 'import(no-default-export)', 'export default 1;'),
  badFile('src/booking/barrel.ts', 'oxc(no-barrel-file)', "export * from './any.ts';"),
  badFile('src/booking/camelCase.ts', 'unicorn(filename-case)', 'export const x = 1;'),
  badFile('src/booking/long.ts', 'eslint(max-lines)', 'export const f = [\n' + '  1,\n'.repeat(300) + '];'),
  badFile(
    'src/booking/long-function.ts',
    'eslint(max-lines-per-function)',
    `export function f(n: number) {\n${'  n += 1;\n'.repeat(70)}  return n;\n}`,
  ),
  badFile(
    'src/booking/needless-disable.ts',
    '', // oxlint gives this finding no name.
    '// oxlint-disable-next-line no-console -- nothing here needs it\nexport const x = 1;',
  ),
  badFile(
    'test/unit/only.test.ts',
    'vitest(no-focused-tests)',
    "import { expect, test } from 'vitest';\ntest.only('a', () => { expect(1).toBe(1); });",
  ),
  badFile(
    'test/unit/skip.test.ts',
    'vitest(no-disabled-tests)',
    "import { expect, test } from 'vitest';\ntest.skip('a', () => { expect(1).toBe(1); });",
  ),
  badFile(
    'test/unit/asserts-nothing.test.ts',
    'vitest(expect-expect)',
    "import { test } from 'vitest';\ntest('a', () => {});",
  ),
];

const clean: Record<string, string> = {
  'src/platform/config/config.ts': "export const port = process.env['PORT'];\n",
  'src/main/api.ts': 'process.exitCode = 1;\nprocess.exit();\n',
  'src/graphql/operations/mutations/holdSeats.ts': 'export const holdSeats = 1;\n',
  'scripts/prints.ts': "console.log(process.env['HOME']);\n",
  'test/unit/good.test.ts':
    "import { expect, test } from 'vitest';\ntest('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n",
};

function badFile(file: string, rule: string, text: string): BadFile {
  return { file, rule, text: `${text}\n` };
}

let findings: Finding[] = [];
beforeAll(() => {
  const nodeTypes =
    'declare const process: { env: Record<string, string>; exit(code?: number): never; exitCode: number };\n';
  const vitestTypes = 'declare module "vitest" { export const test: any; export const expect: any; }\n';
  const consoleTypes = 'declare const console: { log(...all: unknown[]): void };\n';
  findings = lintSample({
    ...Object.fromEntries(badFiles.map(({ file, text }) => [file, text])),
    ...clean,
    'src/generated/globals.d.ts': nodeTypes + consoleTypes + vitestTypes,
  });
});

const rulesOf = (file: string) => findings.filter((finding) => finding.file === file).map(({ rule }) => rule);

test.each(badFiles)('$rule is found in $file', ({ file, rule }) => {
  expect(rulesOf(file)).toContain(rule);
});

test.each(Object.keys(clean))('nothing is found in %s', (file) => {
  expect(rulesOf(file)).toEqual([]);
});
