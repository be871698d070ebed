import { expect, test } from 'vitest';
import { findFolderErrors } from '../../../scripts/check/file-errors.ts';
import { findWordingErrors } from '../../../scripts/check/wording.ts';

test.each([
  ['src/booking/hold.ts', '// Whoever holds the lock', '"Whoever"'],
  ['docs/operations.md', 'The feed begins anew.', '"anew"'],
  ['src/http/server.ts', '// Waits for ever.', '"for ever"'],
  ['scripts/reset.ts', '// Nobody else writes here.', '"Nobody else"'],
  ['src/http/server.ts', '// A message that nobody\n// else reads', '"nobody'],
  ['src/http/server.ts', '/** Of each socket, its bytes. */', '"Of"'],
  ['src/http/server.ts', '/** Whether the socket is open. */', '"Whether"'],
])('reports the wording of %s: %s', (file, line, phrase) => {
  expect(findWordingErrors(file, `first line\n${line}\n`)).toEqual([
    expect.stringContaining(`${file}:2: ${phrase}`),
  ]);
});

test('reports the first line of a longer doc comment', () => {
  const text = '/**\n * Whether the socket is open.\n * Of all sockets.\n */\n';
  expect(findWordingErrors('src/http/server.ts', text)).toEqual([
    expect.stringContaining('src/http/server.ts:2: "Whether"'),
  ]);
});

test.each([
  ['src/http/server.ts', '/** Returns whether the socket is open, forever. */'],
  ['test/db/booking/holding.test.ts', '// Whoever holds the lock'],
  ['schema.graphql', 'Whoever'],
])('accepts the wording of %s: %s', (file, line) => {
  expect(findWordingErrors(file, line)).toEqual([]);
});

test('limits folders under src and test to 15 files', () => {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${folder}/${i}.ts`);
  expect(
    findFolderErrors([
      ...files('src/booking', 15),
      ...files('src/booking/batch', 16),
      ...files('test/api', 17),
      ...files('src/graphql/operations/mutations', 30),
      ...files('test/adversary/cases', 30),
      ...files('docs', 30),
    ]),
  ).toEqual([
    'src/booking/batch: 16 files, more than 15: divide it by subject',
    'test/api: 17 files, more than 15: divide it by subject',
  ]);
});
