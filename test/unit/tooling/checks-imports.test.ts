import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lintSample, repository, type Finding } from '../../../scripts/check/lint-sample.ts';

/*
 * The import table of docs/architecture.md, repeated by hand to check the rules independently. Row: importing module.
 * Column: imported module. `x` everything, `t` types only, `f` one file or folder, `.` nothing.
 */
const matrix = `
             main transport graphql workers fanout http http/routes booking seating payment ticketing waiting-room   traffic identity catalog analytics messaging platform web generated
main         -    x         x       x       x      x    x           x       x       x       x         x            x       x        x       x         x         x        .   x
transport    .    -         f       .       x      x    .           .       .       .       .         .            x       x        .       .         x         x        .   .
graphql      .    .         -       .       .      .    .           x       x       x       x         x            x       x        x       x         x         x        .   t
workers      .    .         .       -       .      .    .           x       x       x       x         x            x       x        x       x         x         x        .   .
fanout       .    .         f       .       -      .    .           .       x       .       .         .            .       .        .       .         .         x        .   .
http         .    .         .       .       .      -    .           .       .       .       .         .            .       .        .       .         .         x        .   .
http/routes  .    .         .       .       .      x    -           x       x       x       x         x            x       x        x       x         x         x        .   .
booking      .    .         .       .       .      .    .           -       x       f       .         f            f       .        x       .         x         x        .   t
seating      .    .         .       .       .      .    .           .       -       .       .         .            .       .        x       .         x         x        f   t
payment      .    .         .       .       .      .    .           x       .       -       .         .            .       .        x       .         x         x        .   t
ticketing    .    .         .       .       .      .    .           x       .       .       -         .            .       .        x       .         x         x        .   t
waiting-room   .    .         .       .       .      .    .           .       f       .       .         -            .       .        .       .         x         x        .   t
traffic      .    .         .       .       .      .    .           .       .       .       .         .            -       .        .       .         x         x        .   t
identity     .    .         .       .       .      .    .           .       .       .       .         .            .       -        .       .         x         x        .   t
catalog      .    .         .       .       .      .    .           .       .       .       .         .            .       .        -       .         x         x        .   t
analytics    .    .         .       .       .      .    .           .       .       .       .         .            .       .        .       -         x         x        .   t
messaging    .    .         .       .       .      .    .           .       .       .       .         .            .       .        .       .         -         x        .   .
platform     .    .         .       .       .      .    .           .       .       .       .         .            .       .        .       .         .         -        .   x
web          .    .         .       .       .      .    .           .       .       .       .         .            .       .        .       .         .         .        -   .
`;

const openFiles: Record<string, string> = {
  graphql: 'engine/any.ts',
  seating: 'availability.ts',
  web: 'seat-feed/packed-seats.ts',
};

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
const modules = lines.map(([module = '']) => module);

const ways: Record<string, (specifier: string) => string> = {
  value: (specifier) => `import { value } from '${specifier}';\nexport const used = value;\n`,
  lazy: (specifier) => `export const load = () => import('${specifier}');\n`,
  reexport: (specifier) => `export { value } from '${specifier}';\n`,
  type: (specifier) => `import type { T } from '${specifier}';\nexport type Used = T;\n`,
};

const roundabout: Record<string, string> = {
  'dot-first': './../http/any.ts',
  'through-own-folder': './deep/../../http/any.ts',
  'through-another-module': '../platform/../http/any.ts',
  'double-slash': '..//http/any.ts',
  'dot-inside': '.././http/any.ts',
  'down-from-src': '../../src/http/any.ts',
  tests: '../../test/any.ts',
  scripts: '../../scripts/any.ts',
};

function pathTo(file: string, folder: string): string {
  const relative = path.posix.relative(folder, file);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

function sample(): Record<string, string> {
  const target = 'export const value = 1;\nexport type T = number;\n';
  const files: Record<string, string> = {};
  for (const module of [...modules, 'generated', 'no-row']) {
    for (const name of ['any.ts', 'port.ts', 'availability.ts', 'engine/any.ts', 'seat-feed/packed-seats.ts'])
      files[`src/${module}/${name}`] = target;
  }
  for (const { from, to } of [...crossing, { from: 'no-row', to: 'platform' }]) {
    for (const [way, write] of Object.entries(ways)) {
      const name = `${way}-${to.replace('/', '-')}.ts`;
      for (const folder of [`src/${from}`, `src/${from}/deep`])
        files[`${folder}/${name}`] = write(pathTo(`src/${to}/any.ts`, folder));
      files[`src/${from}/open-${name}`] = write(
        pathTo(`src/${to}/${openFiles[to] ?? 'port.ts'}`, `src/${from}`),
      );
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

function getRules(file: string): string[] {
  return [...new Set(findings.filter((finding) => finding.file === file).map(({ rule }) => rule))];
}

const isRejected = (file: string) => getRules(file).includes('eslint(no-restricted-imports)');

describe('the import table', () => {
  test('has a row for every folder of src, which has no files of its own', () => {
    const inSrc = readdirSync(path.join(repository, 'src')).filter((name) => name !== 'generated');
    expect(inSrc.filter((name) => !modules.includes(name))).toEqual([]);
    expect(new Set(header)).toEqual(new Set([...modules, 'generated']));
    expect(pairs).toHaveLength(modules.length * (modules.length + 1));
  });

  test.each(modules)('%s may import exactly what its row allows', (module) => {
    const row = crossing.filter(({ from }) => from === module);
    expect(row).toHaveLength(modules.length);
    for (const { from, to, access } of row) {
      for (const way of Object.keys(ways)) {
        const name = `${way}-${to.replace('/', '-')}.ts`;
        const open = access === 'x' || (access === 't' && way === 'type');
        const seen = [`src/${from}/${name}`, `src/${from}/deep/${name}`].map(isRejected);
        expect(seen, `${way} import of ${to}`).toEqual([!open, !open]);
        const openFile = isRejected(`src/${from}/open-${name}`);
        expect(openFile, `${way} import of the open file of ${to}`).toBe(!open && access !== 'f');
      }
    }
  });

  test('allows a folder without a row no imports', () => {
    expect(isRejected('src/no-row/value-platform.ts')).toBe(true);
    expect(isRejected('src/no-row/type-platform.ts')).toBe(true);
  });

  test.each(Object.keys(roundabout))('rejects a path that is not the shortest: %s', (name) => {
    expect(isRejected(`src/booking/${name}.ts`)).toBe(true);
  });

  test('rejects inline type imports, and type imports that load the module', () => {
    expect(getRules('src/booking/inline-type.ts')).toContain('typescript(consistent-type-imports)');
    expect(getRules('src/booking/mixed-type.ts')).toContain('typescript(no-import-type-side-effects)');
  });

  test('rejects import cycles, even of types only', () => {
    expect(getRules('src/booking/cycle-a.ts')).toContain('import(no-cycle)');
    expect(getRules('src/booking/cycle-b.ts')).toContain('import(no-cycle)');
  });
});
