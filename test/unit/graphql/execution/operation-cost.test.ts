import { complexityFromQuery } from '@pothos/plugin-complexity';
import fc from 'fast-check';
import { isInterfaceType, isObjectType, Kind, parse, validate, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { PreparedDocument } from '../../../../src/graphql/engine/execution/prepared-document.ts';
import { documentMax } from '../../../../src/graphql/engine/limits.ts';
import { schema } from '../../../../src/graphql/schema/schema.ts';
import { readCorpus } from './corpus.fixture.ts';
import { createOperation } from './documents.fixture.ts';

/** Returns the cost that the plugin computes; null if an argument is not valid. */
function computeCost(document: DocumentNode, variables: Record<string, unknown>): number | null {
  try {
    return complexityFromQuery(document, { schema, variables }).complexity;
  } catch {
    return null;
  }
}

/** Compares the check of an operation with the cost that the plugin computes. */
function compare(document: DocumentNode, variables: Record<string, unknown>): number | null {
  const prepared = new PreparedDocument(schema, document).getOperation(null);
  const coerced = prepared?.coerceVariables(variables).coerced;
  if (prepared == null || coerced === undefined) return null;
  const cost = computeCost(document, variables);
  expect(prepared.getCost(coerced)).toBe(cost);
  return cost;
}

describe('the cost of an operation', () => {
  it('is what the complexity plugin computes, for random operations', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { query, variables } = createOperation(schema, seed);
        const document = parse(query);
        try {
          if (validate(schema, document).length > 0) return;
        } catch {
          return;
        }
        if (compare(document, variables) !== null) compared++;
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('is what the plugin computes, for the operations of the documentation, the shop and the tests', () => {
    const single = readCorpus(schema).filter(
      ({ definitions }) => definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1,
    );
    let compared = 0;
    for (const document of single) if (compare(document, {}) !== null) compared++;
    expect(compared).toBeGreaterThan(30);
  });

  it('depends on the variables of each request', () => {
    const query = 'query($n: Int) { events(first: $n) { edges { node { id } } } }';
    const prepared = new PreparedDocument(schema, parse(query)).getOperation(null);
    for (const n of [1, 100, 7]) {
      const expected = complexityFromQuery(query, { schema, variables: { n } }).complexity;
      expect(prepared?.getCost({ n })).toBe(expected);
    }
  });

  it('is limited', () => {
    const query =
      '{ events(first: 100) { edges { node { seats(first: 100) { edges { node { id label status } } } } } } }';
    const prepared = new PreparedDocument(schema, parse(query)).getOperation(null);
    expect(prepared?.getCost({})).toBeGreaterThan(documentMax.cost);
    expect(prepared?.findCostError({})).toMatchObject({ extensions: { code: 'QUERY_TOO_COMPLEX' } });
  });

  it('depends on nothing but arguments', () => {
    const functions = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).flatMap(({ extensions: { complexity } }) =>
            typeof complexity === 'function' ? [complexity] : [],
          )
        : [],
    );
    // A second parameter would be the context, which is not the same for each request.
    expect(new Set(functions.map(({ length }) => length))).toEqual(new Set([1]));
  });
});
