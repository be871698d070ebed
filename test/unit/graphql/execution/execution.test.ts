import fc from 'fast-check';
import {
  execute,
  getIntrospectionQuery,
  getVariableValues,
  Kind,
  parse,
  typeFromAST,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type OperationDefinitionNode,
} from 'graphql';
import { expect, it } from 'vitest';
import { executePlan } from '../../../../src/graphql/engine/execution/execute-plan.ts';
import { PreparedDocument } from '../../../../src/graphql/engine/execution/prepared-document.ts';
import { readCorpus } from './corpus.fixture.ts';
import { createOperation, createVariables } from './documents.fixture.ts';
import { createFakeSchema, nextTurn, type FakeContext } from './fake-schema.fixture.ts';

const schema = createFakeSchema();

/** What an execution did, in comparable form: the calls of resolvers and the response, in order. */
interface Outcome {
  readonly calls: readonly string[];
  readonly response: string;
}

async function observe(
  seed: number,
  run: (context: FakeContext) => ExecutionResult | Promise<ExecutionResult>,
): Promise<Outcome> {
  const context = { seed, calls: [] };
  const { data, errors } = await run(context);
  // An error may end an execution while resolvers are still called.
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  return { calls: context.calls, response: JSON.stringify({ errors, data }) };
}

/** Executes an operation with graphql-js, and three times with a plan: it is created the first time, and used then. */
async function compare(
  document: DocumentNode,
  prepared: PreparedDocument,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  seeds: readonly number[],
): Promise<void> {
  const operationName = operation.name?.value ?? null;
  const plan = prepared.getOperation(operationName);
  if (plan === null) throw new Error('the operation is missing');
  const root = { root: true };
  for (const seed of seeds) {
    const expected = await observe(seed, (contextValue) =>
      execute({ schema, document, operationName, variableValues: variables, contextValue, rootValue: root }),
    );
    const { coerced, errors } = plan.coerceVariables(variables);
    const actual = await observe(seed, (context) =>
      coerced === undefined ? { errors } : executePlan(plan.plan, { variables: coerced, context, root }),
    );
    expect(actual).toEqual(expected);
  }
}

function findOperations({ definitions }: DocumentNode): OperationDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}

function isValid(document: DocumentNode): boolean {
  try {
    return validate(schema, document).length === 0;
  } catch {
    return false; // Some conditions at the root of a subscription, which depend on variables.
  }
}

it('responds as graphql-js does to random operations', async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const { query, variables } = createOperation(schema, seed);
      const document = parse(query);
      if (!isValid(document)) return;
      valid++;
      const [operation] = findOperations(document);
      if (operation === undefined) throw new Error('the operation is missing');
      await compare(document, new PreparedDocument(schema, document), operation, variables, [
        seed,
        seed + 1,
        seed + 2,
      ]);
    }),
    { numRuns: 200 },
  );
  expect(valid).toBeGreaterThan(70);
});

it('responds as graphql-js does to the operations of the documentation, the shop and the tests', async () => {
  const corpus = [...readCorpus(schema), parse(getIntrospectionQuery({ inputValueDeprecation: true }))];
  expect(corpus.length).toBeGreaterThan(100);
  for (const [i, document] of corpus.entries()) {
    const prepared = new PreparedDocument(schema, document);
    for (const operation of findOperations(document)) {
      const types = new Map<string, GraphQLInputType>();
      for (const { variable, type } of operation.variableDefinitions ?? [])
        types.set(variable.name.value, typeFromAST(schema, type as never) as unknown as GraphQLInputType);
      const variables = createVariables(schema, types, i);
      expect(
        getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors,
      ).toBeUndefined();
      await compare(document, prepared, operation, variables, [i, i + 1, i + 2]);
    }
  }
});
