import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Kind, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { ROOT } from '../../../../scripts/local/command.ts';

/** Files with operations that clients send, and the forms in which they contain them. */
const SOURCES = [
  'docs/*.md',
  'docs/examples/**/*.{ts,graphql}',
  'src/web/shop/api/*.graphql',
  'src/main/*.ts',
  'test/**/*.ts',
  'loadtest/**/*.ts',
];
const FORMS = [/```graphql\n([^`]*)```/g, /[`']((?:query|mutation|subscription|\{)[^`']*)[`']/g];

/** Returns the valid operations of the documentation, its examples, the shop, the tests and the load tests. */
export function readCorpus(schema: GraphQLSchema): DocumentNode[] {
  const texts = new Set<string>();
  for (const file of globSync(SOURCES, { cwd: ROOT })) {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    if (file.endsWith('.graphql')) texts.add(text);
    else for (const form of FORMS) for (const [, found = ''] of text.matchAll(form)) texts.add(found);
  }
  return [...texts].flatMap((text) => toDocument(schema, text));
}

function toDocument(schema: GraphQLSchema, text: string): DocumentNode[] {
  try {
    const document = parse(text);
    const isExecutable = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return isExecutable && validate(schema, document).length === 0 ? [document] : [];
  } catch {
    return []; // Not an operation, or one that a test expects to be refused.
  }
}
