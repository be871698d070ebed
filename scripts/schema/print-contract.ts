import { introspectionFromSchema, isAbstractType, printSchema, type GraphQLSchema } from 'graphql';

/** Returns the files that `npm run schema` writes, by their names in the root folder. */
export function printContract(schema: GraphQLSchema): Readonly<Record<string, string>> {
  return {
    'schema.graphql': `# Printed by \`npm run schema\` from src/graphql. Never edited by hand.\n\n${printSchema(schema)}\n`,
    'schema.introspection.json': json(introspectionFromSchema(schema, { inputValueDeprecation: true })),
    'possible-types.json': json(possibleTypes(schema)),
  };
}

/** Lists the object types of each union and interface in the form of `possibleTypes` of Apollo's InMemoryCache. */
function possibleTypes(schema: GraphQLSchema): Record<string, string[]> {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(
    abstract
      .filter(({ name }) => !name.startsWith('__'))
      .map((type): [string, string[]] => [
        type.name,
        schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .sort(),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
