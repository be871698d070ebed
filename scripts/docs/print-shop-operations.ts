import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import { buildSchema, Kind, parse } from 'graphql';

const scalars = { ID: 'string', DateTime: 'string', SafeInt: 'number', SeatStates: 'string' };

interface ShopOperations {
  /** The name of the file. */
  readonly name: string;
  readonly text: string;
  /** The file of fragments that the operations may use; null if they use none. */
  readonly fragments: string | null;
}

/** Prints operations of the shop as typed documents. All texts are GraphQL. */
export async function printShopOperations(
  schemaText: string,
  { name, text, fragments }: ShopOperations,
): Promise<string> {
  const printed = await codegen({
    filename: name.replace(/graphql$/, 'ts'),
    schema: parse(schemaText, { noLocation: true }),
    schemaAst: buildSchema(schemaText),
    documents: [{ location: name, document: parse(text, { noLocation: true }) }],
    config: {
      dedupeFragments: true,
      documentMode: 'graphQLTag',
      gqlImport: 'urql#gql',
      disableDescriptions: true,
      externalFragments: fragments === null ? [] : listFragments(fragments),
      useTypeImports: true,
      skipTypename: true,
      scalars,
      strictScalars: true,
    },
    pluginMap: { operationTypes, typedDocuments },
    plugins: [{ operationTypes: {} }, { typedDocuments: {} }],
  });
  const used = new Set([...printed.matchAll(/\$\{(\w+)\}/g)].map(([, fragment]) => fragment));
  const imports = used.size === 0 ? '' : `import { ${[...used].join(', ')} } from './fragments.ts';\n`;
  return `// Printed by \`npm run docs\` from ${name}. Never edited by hand.\n${imports}${printed}`;
}

/** Lists the fragments as the plugins of graphql-codegen take them. */
function listFragments(text: string) {
  return parse(text, { noLocation: true }).definitions.flatMap((node) =>
    node.kind === Kind.FRAGMENT_DEFINITION
      ? { name: node.name.value, onType: node.typeCondition.name.value, node, isExternal: true }
      : [],
  );
}
