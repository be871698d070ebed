import { expect, test } from 'vitest';
import { findFileErrors, findLockErrors } from '../../../scripts/check/file-errors.ts';

// Concatenated, so that the check does not report this file.
const home = ['', 'home', 'someone', 'sellout'].join('/');
const insideRepository = [
  ['./src', 'home', 'page.ts'],
  ['test', 'root', 'x.ts'],
].map((names) => names.join('/'));
const registry = ['https://registry', 'npmjs', 'org/ws/-/ws-8.0.0.tgz'].join('.');
const migration = 'prisma/migrations/20300101000000_next/migration.sql';
const timer = `${['set', 'Timeout'].join('')}(done, 100);`;
const promisedTimer = `import { setTimeout as delay } from 'node:${['time', 'rs'].join('')}/promises';`;

test.each([
  ['a registry in the lock file', 'package-lock.json', `      "resolved": "${registry}",`],
  [
    'any other origin in the lock file',
    'package-lock.json',
    '      "resolved": "git+ssh://example.org/x.git",',
  ],
  ['a registry in prose', 'docs/operations.md', `Packages come from ${registry}`],
  ['a registry setting', '.npmrc', ['registry', 'https://packages.example'].join('=')],
  ['a home folder', 'scripts/start.ts', `const data = '${home}';`],
  ['a Windows home folder', 'README.md', ['C:', 'Users', 'someone'].join('\\')],
  ['the folder of this copy', 'README.md', 'cd /builds/sellout && npm start'],
  ['a computed import', 'src/main/api.ts', 'const room = await import(`../${name}/any.ts`);'],
  ['a dropped column', migration, 'ALTER TABLE "events" DROP COLUMN "note";'],
  ['a renamed column', migration, 'ALTER TABLE "events" RENAME COLUMN "a" TO "b";'],
  ['a tightened column', migration, '  ALTER COLUMN "note" SET NOT NULL,'],
  ['a changed type', migration, 'ALTER TABLE "events" ALTER COLUMN "note" TYPE int;'],
  ['a required column without a default', migration, 'ALTER TABLE "events" ADD COLUMN "note" TEXT NOT NULL;'],
  ['a timer of a test', 'test/db/booking/holding.test.ts', timer],
  ['a promised timer of a test', 'test/torture/buyers/clients.ts', promisedTimer],
  ['a hole in the import table', 'src/http/server.ts', '// oxlint-disable-next-line no-restricted-imports'],
])('reports %s', (_what, file, line) => {
  const errors = findFileErrors(file, `first line\n${line}\n`, ['/builds/sellout']);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors[0]).toContain(`${file}:2: `);
});

test.each([
  ['a dependency in the lock file', 'package-lock.json', '      "version": "8.18.3",'],
  ['a path inside the repository', 'README.md', `see ${insideRepository.join(' and ')}`],
  ['a literal import()', 'src/main/api.ts', "const room = await import('../http/server.ts');"],
  ['a longer folder name', 'README.md', 'cd /builds/sellout-two'],
  ['a timer of the product', 'src/http/limits.ts', timer],
  ['the pacing of drivers', 'test/support/pause.ts', promisedTimer],
  [
    'a disabled rule of another kind',
    'src/main/api.ts',
    '// oxlint-disable-next-line no-console -- the banner',
  ],
])('accepts %s', (_what, file, line) => {
  expect(findFileErrors(file, line, ['/builds/sellout'])).toEqual([]);
});

test.each([
  ['test/db/booking/holding.test.ts', true],
  ['scripts/bootstrap.mjs', true],
  ['docs/requirements.md', false],
])('limits %s to 300 lines if it is code (%s)', (file, isCode) => {
  const lines = (count: number) => 'x\n'.repeat(count);
  expect(findFileErrors(file, lines(300), [])).toEqual([]);
  const errors = isCode ? [`${file}:301: more than 300 lines: split it by subject`] : [];
  expect(findFileErrors(file, lines(301), [])).toEqual(errors);
});

test('reports optional packages that the lock file omits', () => {
  const optionalDependencies = { 'tool-linux': '1.0.0', 'tool-other': '1.0.0' };
  const packages = {
    '': {},
    'node_modules/tool': { optionalDependencies },
    'node_modules/tool-linux': {},
    'node_modules/a/node_modules/tool': { optionalDependencies },
    'node_modules/a/node_modules/tool-other': {},
  };
  expect(findLockErrors(JSON.stringify({ packages }))).toEqual([
    'package-lock.json: tool-other, optional for node_modules/tool, is not listed',
  ]);
});

test.each([
  ['an added column', migration, 'ALTER TABLE "events" ADD COLUMN "note" TEXT;'],
  [
    'a required column with a default',
    migration,
    `ALTER TABLE "events" ADD COLUMN "note" TEXT NOT NULL DEFAULT '';`,
  ],
  ['a new table', migration, 'CREATE TABLE "notes" ("id" INTEGER NOT NULL);'],
  [
    'a noted contraction',
    migration.replace('/migration.sql', '_contract/migration.sql'),
    'ALTER TABLE "events" DROP COLUMN "note"; -- contract: unused since 1.2',
  ],
  [
    'the first release',
    'prisma/migrations/20261128080000_x/migration.sql',
    'ALTER TABLE "a" DROP COLUMN "b";',
  ],
])('accepts %s in a migration', (_what, file, line) => {
  expect(findFileErrors(file, `${line}\n`, [])).toEqual([]);
});
