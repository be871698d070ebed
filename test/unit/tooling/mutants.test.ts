import path from 'node:path';
import { expect, test } from 'vitest';
import { findFaults } from '../../mutants/find-faults.ts';
import { mutate } from '../../mutants/mutate.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** Put together here, because a whole marker would be one of this file. */
const mark = (guard: string) => `guard: ${guard}`;

const source = `
export function open(seat, limit) {
  if (seat > limit) return null; // ${mark('limit')}
  // ${mark('lock')}
  // A comment in between.
  lock(
    seat,
  );
  if (seat < 0) release(seat); // ${mark('release')}
  const options = {
    size: limit, // ${mark('size')}
    /* ${mark('wait')} */ wait: true, age: 1,
  };
  return seat > 1 ? options : null; // ${mark('choice')}
}
`;

test.each([
  ['a statement at the end of whose line the marker stands', 'limit', 'if (seat > limit) return null;'],
  ['the statement below the marker', 'lock', 'lock(\n    seat,\n  );'],
  ['the outermost statement that ends before the marker', 'release', 'if (seat < 0) release(seat);'],
  ['a property and its comma', 'size', 'size: limit,'],
  ['only what follows a marker within a line', 'wait', 'wait: true,'],
])('removes %s', (_what, guard, removed) => {
  const mutated = mutate('a.ts', source, guard, 'remove');
  expect([source.replace(removed, ''), source.replace(removed, ';')]).toContain(mutated);
});

test('replaces the condition of an if, and of the conditional expression in a statement', () => {
  expect(mutate('a.ts', source, 'limit', 'never')).toContain('if (false) return null;');
  expect(mutate('a.ts', source, 'choice', 'always')).toContain('return true ? options : null;');
  expect(() => mutate('a.ts', source, 'lock', 'always')).toThrow('has 0 nodes');
});

test('replaces a logical expression by one of its operands', () => {
  const code = `if (a || b || c) open(d && e); // ${mark('either')}\nconst x = f(a ?? b); // ${mark('or')}\n`;
  expect(mutate('a.ts', code, 'either', 'left only')).toContain('if (a || b) open(d && e);');
  expect(mutate('a.ts', code, 'either', 'right only')).toContain('if (c) open(d && e);');
  expect(mutate('a.ts', code, 'or', 'left only')).toContain('const x = f(a);');
  expect(() => mutate('a.ts', source, 'release', 'left only')).toThrow('has 0 nodes');
});

test('replaces a part of the marked code, or all of it', () => {
  expect(mutate('a.ts', source, 'size', { replace: 'limit', with: '0' })).toContain('size: 0, //');
  expect(mutate('a.ts', source, 'lock', { with: 'fail();' })).toContain('in between.\n  fail();\n');
});

test('refuses a replacement whose text does not occur exactly once', () => {
  expect(() => mutate('a.ts', source, 'lock', { replace: 'limit', with: '' })).toThrow('occurs 0 times');
  expect(() => mutate('a.ts', source, 'release', { replace: 'seat', with: '' })).toThrow('occurs 2 times');
});

test('refuses a marker that is missing, repeated, in a string or at no code', () => {
  const remove = (text: string) => mutate('a.ts', text, 'one', 'remove');
  const marker = `// ${mark('one')}\n`;
  expect(() => remove('open();\n')).toThrow('no marker');
  expect(() => remove(`open(); ${marker}close(); ${marker}`)).toThrow('no marker of its own');
  expect(() => remove(`open(\`\n${marker}\`);\n`)).toThrow('no statement');
  expect(() => remove(`function open() {\n  ${marker}}\n`)).toThrow('no statement');
});

test('marks a line in Lua', () => {
  const script = `local a = 1 -- ${mark('end')}\n-- ${mark('next')}\nlocal b = 2\n`;
  expect(mutate('a.lua', script, 'end', 'remove')).toBe(
    `-- ${mark('end')}\n-- ${mark('next')}\nlocal b = 2\n`,
  );
  expect(mutate('a.lua', script, 'next', { replace: '2', with: '3' })).toContain('local b = 3');
});

test('reports markers without mutants, mutants without markers, and tests that do not exist', () => {
  const tests = ['test/unit/catalog'];
  const faults = findFaults(
    root,
    [
      { guard: 'unmarked', mutation: 'remove', tests },
      { guard: 'no-file', mutation: 'remove', tests: ['test/unit/tooling/no-such.test.ts'] },
      { guard: 'no-name', mutation: 'remove', tests, only: 'not the name of a test' },
    ],
    [
      { guard: 'untested', file: 'src/main/api.ts' },
      { guard: 'untested', file: 'src/main/worker.ts' },
    ],
  );
  expect(faults).toEqual([
    'src/main/worker.ts: the marker untested is already in src/main/api.ts',
    'src/main/worker.ts: no mutant names the marker untested',
    'unmarked: no comment "guard: unmarked" in src or scripts',
    'no-file: test/unit/tooling/no-such.test.ts does not exist',
    'no-name: no test of test/unit/catalog contains "not the name of a test" in its name',
  ]);
});
