import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import { buildSchema, parse } from 'graphql';

const scalars = { ID: 'string', DateTime: 'string', SafeInt: 'number', SeatStates: 'string' };

/** Prints the shop's operations as typed documents. Both arguments are GraphQL texts. */
export async function printShopOperations(schemaText: string, operations: string): Promise<string> {
  const document = parse(operations, { noLocation: true });
  const text = await codegen({
    filename: 'operations.ts',
    schema: parse(schemaText, { noLocation: true }),
    schemaAst: buildSchema(schemaText),
    documents: [{ location: 'operations.graphql', document }],
    config: {
      dedupeFragments: true,
      useTypeImports: true,
      skipTypename: true,
      scalars,
      strictScalars: true,
    },
    pluginMap: { operationTypes, typedDocuments },
    plugins: [{ operationTypes: {} }, { typedDocuments: {} }],
  });
  return `// Printed by \`npm run docs\` from operations.graphql. Never edited by hand.\n${text}`;
}
