import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { embedOperations } from '../../../scripts/docs/embed-operations.ts';
import { embedSnippets } from '../../../scripts/docs/embed-snippets.ts';
import { pageErrors } from '../../../scripts/docs/page-errors.ts';
import { readRelayOperations } from '../../../scripts/docs/relay-operations.ts';
import { ROOT } from '../../../scripts/local/command.ts';

function errorsOf(text: string): string[] {
  const files: Record<string, string> = {
    'docs/page.md': text,
    'docs/other.md':
      '# Other\n\n## GET /events/&lt;id&gt;/seat-map\n\n## Twice\n\n## Twice\n\n```sh\n# Comment\n```\n',
    'src/booking/': '',
    'src/two-lines.ts': 'one\ntwo',
    'test/faults/freezes.test.ts': '',
  };
  const schema = buildSchema('type Query { seats: Int }');
  return pageErrors('docs/page.md', { schema, npmScripts: ['bench'], read: (file) => files[file] });
}

it.each([
  '[other](other.md), [itself](page.md), [a site](https://example.com/x.md)',
  '[a heading](other.md#get-eventsidseat-map)',
  '# Here\n\n[a heading of its own](#here)',
  '## `code` and [link](other.md)\n\n[one](#code-and-link), [the second](other.md#twice-1 "title")',
  '[by reference][1]\n\n[1]: other.md#twice',
  '<a id="here"></a>\n\n[here](#here), <img src="other.md">',
  '[lines](../src/two-lines.ts#L1-L2), `[code](gone.md)`',
  '`src/booking/`, `src/web/shop/dist`, `test/faults/freezes`, `npm run bench -- --only http`, `src/<name>.ts`',
  '```graphql\nquery Seats {\n  seats\n}\n```',
])('accepts %j', (text) => {
  expect(errorsOf(text)).toEqual([]);
});

it.each([
  ['[gone](gone.md)', 'docs/page.md: the link to gone.md leads nowhere'],
  ['[gone](other.md#gone)', 'docs/page.md: the link to other.md#gone names a heading that does not exist'],
  ['[gone][1]\n\n[1]: gone.md', 'docs/page.md: the link to gone.md leads nowhere'],
  ['<img src="gone.png">', 'docs/page.md: the link to gone.png leads nowhere'],
  ['[outside](../../other/x.md)', 'docs/page.md: the link to ../../other/x.md leads nowhere'],
  ['[root](/docs/other.md)', 'docs/page.md: the link to /docs/other.md leads nowhere'],
  [
    '[comment](other.md#comment)',
    'docs/page.md: the link to other.md#comment names a heading that does not exist',
  ],
  [
    '[third](other.md#twice-2)',
    'docs/page.md: the link to other.md#twice-2 names a heading that does not exist',
  ],
  [
    '[line](../src/two-lines.ts#L3)',
    'docs/page.md: the link to ../src/two-lines.ts#L3 names no line of the file',
  ],
  ['[gone](#gone)', 'docs/page.md: the link to #gone names a heading that does not exist'],
  ['see `src/gone.ts`', 'docs/page.md: src/gone.ts does not exist'],
  ['`npm run -s gone`', 'docs/page.md: `npm run -s gone` does not exist'],
  ['```sh\nnpm run gone\n```', 'docs/page.md: `npm run gone` does not exist'],
  [
    '```graphql\nquery Seats {\n  chairs\n}\n```',
    'docs/page.md: Cannot query field "chairs" on type "Query".',
  ],
])('reports %j', (text, error) => {
  expect(errorsOf(text)).toEqual([error]);
});

it('replaces GraphQL blocks with the operations of the same name, and no other blocks', () => {
  const page = (...documents: string[]) =>
    documents.map((text) => `\`\`\`graphql\n${text}\n\`\`\`\n`).join('\n');
  const operations = new Map([['Seats', 'query Seats {\n  seats\n}\n']]);
  expect(embedOperations(page('query Seats { old }', 'query Other { old }', '{ old }'), operations)).toBe(
    page('query Seats {\n  seats\n}', 'query Other { old }', '{ old }'),
  );
});

describe('code of the examples', () => {
  const files: Record<string, string> = {
    'a.ts':
      'outside();\n// #region one\nfirst();\n\nsecond();\n// #endregion\n\n// #region two\nthird();\n// #endregion\n',
    'a.py': '# region one\nfirst()\n# endregion\n',
  };
  const embed = (page: string) => embedSnippets(page, (file) => files[file]);
  const block = (source: string, code: string) => `<!-- snippet: ${source} -->\n\n\`\`\`ts\n${code}\`\`\`\n`;

  it.each([
    ['a.ts#one', 'first();\n\nsecond();\n'],
    ['a.ts#two', 'third();\n'],
    ['a.py#one', 'first()\n'],
  ])('replaces the block after a reference to %s, and nothing else', (source, code) => {
    const other = '\n```ts\nother();\n```\n';
    expect(embed(block(source, 'old();\n') + other)).toBe(block(source, code) + other);
  });

  it.each(['a.ts#three', 'gone.ts#one'])('must exist: %s', (source) => {
    expect(() => embed(block(source, ''))).toThrow(/has no region/);
  });
});

it('Relay’s artifacts are compiled from the current operations', async () => {
  const operations = [...readRelayOperations()];
  expect(operations.map(([name]) => `${name}.graphql.js`).toSorted()).toEqual(
    readdirSync(path.join(ROOT, 'docs/examples/relay')).toSorted(),
  );
  for (const [name, text] of operations) {
    const file = path.join(ROOT, `docs/examples/relay/${name}.graphql.js`);
    const { default: artifact } = (await import(file)) as { default: { hash: string } };
    const [definition] = parse(text).definitions;
    // The compiler and babel-plugin-relay hash the printed operation.
    const hash = createHash('md5')
      .update(definition === undefined ? '' : print(definition))
      .digest('hex');
    expect(artifact.hash, `${name}: run npm run relay-artifacts`).toBe(hash);
  }
});
