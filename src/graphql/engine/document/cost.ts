import { complexityFromQuery } from '@pothos/plugin-complexity';
import { getOperationAST, Kind, type DocumentNode, type ExecutionArgs, type GraphQLError } from 'graphql';
import { documentMax } from '../limits.ts';
import { tooComplex } from './too-complex.ts';

/** Returns an error if an operation with these variables exceeds the maximum cost, else null. */
export function findCostError(args: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(args.document, args.operationName);
  if (operation == null) return null; // The executor reports it.
  const fragments = args.document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  let cost: number;
  try {
    cost = complexityFromQuery(document, {
      schema: args.schema,
      ctx: args.contextValue ?? {},
      variables: args.variableValues ?? {},
    }).complexity;
  } catch {
    return null; // A variable is not valid. The executor reports which, before it executes anything.
  }
  if (cost <= documentMax.cost) return null;
  return tooComplex(
    `The operation has a cost of ${cost}; at most ${documentMax.cost} is allowed. Request smaller pages or fewer fields.`,
    operation,
  );
}
