import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintSample, repository, type Finding } from '../../../scripts/check/lint-sample.ts';

/*
 * The import table once more, written by hand as docs/architecture.md states it, so that a slip in the rules cannot
 * hide in its own proof. Row: who imports. Column: what. `x` all of it, `t` types only, `f` one named file, `.` nothing.
 */
const matrix = `
              main http graphql workers booking seating waiting-room traffic identity catalog payment analytics pubsub platform web generated
main          -    x    x       x       x       x       x            x       x        x       x       x         x      x        .   x
http          .    -    .       .       x       x       x            x       x        x       x       x         x      x        .   .
graphql       .    .    -       .       x       x       x            x       x        x       x       x         x      x        .   t
workers       .    .    .       -       x       x       x            x       x        x       x       x         x      x        .   .
booking       .    .    .       .       -       x       .            .       .        x       f       .         x      x        .   t
seating       .    .    .       .       .       -       .            .       .        x       .       .         x      x        .   t
waiting-room  .    .    .       .       .       f       -            .       .        .       .       .         x      x        .   t
traffic       .    .    .       .       .       .       .            -       .        .       .       .         x      x        .   t
identity      .    .    .       .       .       .       .            .       -        .       .       .         x      x        .   t
catalog       .    .    .       .       .       .       .            .       .        -       .       .         x      x        .   t
payment       .    .    .       .       .       .       .            .       .        .       -       .         x      x        .   t
analytics     .    .    .       .       .       .       .            .       .        .       .       -         x      x        .   t
pubsub        .    .    .       .       .       .       .            .       .        .       .       .         -      x        .   .
platform      .    .    .       .       .       .       .            .       .        .       .       .         .      -        .   x
web           .    .    .       .       .       .       .            .       .        .       .       .         .      .        -   .
`;

const openFiles: Record<string, string> = { payment: 'port.ts', seating: 'availability.ts' };

interface Pair {
  readonly from: string;
  readonly to: string;
  readonly access: string;
}

const [header = [], ...lines] = matrix
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const pairs: Pair[] = lines.flatMap(([from = '', ...cells]) =>
  cells.map((access, column) => ({ from, to: header[column] ?? '', access })),
);
const crossing = pairs.filter(({ access }) => access !== '-');
const rooms = lines.map(([room = '']) => room);

const ways: Record<string, (specifier: string) => string> = {
  value: (specifier) => `import { value } from '${specifier}';\nexport const used = value;\n`,
  lazy: (specifier) => `export const load = () => import('${specifier}');\n`,
  reexport: (specifier) => `export { value } from '${specifier}';\n`,
  type: (specifier) => `import type { T } from '${specifier}';\nexport type Used = T;\n`,
};

const roundabout: Record<string, string> = {
  'dot-first': './../http/any.ts',
  'through-own-folder': './deep/../../http/any.ts',
  'through-another-room': '../platform/../http/any.ts',
  'double-slash': '..//http/any.ts',
  'dot-inside': '.././http/any.ts',
  'down-from-src': '../../src/http/any.ts',
  tests: '../../test/any.ts',
  scripts: '../../scripts/any.ts',
};

function sample(): Record<string, string> {
  const target = 'export const value = 1;\nexport type T = number;\n';
  const files: Record<string, string> = {};
  for (const room of [...rooms, 'generated', 'no-row']) {
    for (const name of ['any.ts', 'port.ts', 'availability.ts']) files[`src/${room}/${name}`] = target;
  }
  for (const { from, to } of [...crossing, { from: 'no-row', to: 'platform' }]) {
    for (const [way, write] of Object.entries(ways)) {
      files[`src/${from}/${way}-${to}.ts`] = write(`../${to}/any.ts`);
      files[`src/${from}/deep/${way}-${to}.ts`] = write(`../../${to}/any.ts`);
      files[`src/${from}/open-${way}-${to}.ts`] = write(`../${to}/${openFiles[to] ?? 'port.ts'}`);
    }
  }
  for (const [name, specifier] of Object.entries(roundabout)) {
    files[`src/booking/${name}.ts`] = ways['value']?.(specifier) ?? '';
  }
  files['src/booking/inline-type.ts'] = `export type Used = import('../http/any.ts').T;\n`;
  files['src/booking/mixed-type.ts'] =
    `import { type T } from '../generated/any.ts';\nexport type Used = T;\n`;
  files['src/booking/cycle-a.ts'] = `import type { B } from './cycle-b.ts';\nexport type A = B[];\n`;
  files['src/booking/cycle-b.ts'] = `import type { A } from './cycle-a.ts';\nexport type B = A[];\n`;
  return files;
}

let findings: Finding[] = [];
beforeAll(() => {
  findings = lintSample(sample());
});

function rulesOf(file: string): string[] {
  return [...new Set(findings.filter((finding) => finding.file === file).map(({ rule }) => rule))];
}

const refused = (file: string) => rulesOf(file).includes('eslint(no-restricted-imports)');

describe('the import table', () => {
  test('has a row for every folder of src, and src has no loose files', () => {
    const inSrc = readdirSync(path.join(repository, 'src')).filter((name) => name !== 'generated');
    expect(inSrc.filter((name) => !rooms.includes(name))).toEqual([]);
    expect(new Set(header)).toEqual(new Set([...rooms, 'generated']));
    expect(pairs).toHaveLength(rooms.length * (rooms.length + 1));
  });

  test.each(rooms)('%s imports what its row allows, and nothing else', (room) => {
    const row = crossing.filter(({ from }) => from === room);
    expect(row).toHaveLength(rooms.length);
    for (const { from, to, access } of row) {
      for (const way of Object.keys(ways)) {
        const open = access === 'x' || (access === 't' && way === 'type');
        const seen = [`src/${from}/${way}-${to}.ts`, `src/${from}/deep/${way}-${to}.ts`].map(refused);
        expect(seen, `${way} import of ${to}`).toEqual([!open, !open]);
        const openFile = refused(`src/${from}/open-${way}-${to}.ts`);
        expect(openFile, `${way} import of the open file of ${to}`).toBe(!open && access !== 'f');
      }
    }
  });

  test('lets a folder without a row import no other', () => {
    expect(refused('src/no-row/value-platform.ts')).toBe(true);
    expect(refused('src/no-row/type-platform.ts')).toBe(true);
  });

  test.each(Object.keys(roundabout))('refuses the roundabout path: %s', (name) => {
    expect(refused(`src/booking/${name}.ts`)).toBe(true);
  });

  test('refuses types imported inline, and type imports that still load the module', () => {
    expect(rulesOf('src/booking/inline-type.ts')).toContain('typescript(consistent-type-imports)');
    expect(rulesOf('src/booking/mixed-type.ts')).toContain('typescript(no-import-type-side-effects)');
  });

  test('refuses a cycle, even one of types alone', () => {
    expect(rulesOf('src/booking/cycle-a.ts')).toContain('import(no-cycle)');
    expect(rulesOf('src/booking/cycle-b.ts')).toContain('import(no-cycle)');
  });
});
