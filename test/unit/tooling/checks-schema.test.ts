import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { findBreakingChanges } from '../../../scripts/check/schema-errors.ts';

const released = buildSchema('type Query { seat(id: ID!): String, seats: [String!] }');

it('accepts an addition', async () => {
  const added = buildSchema('type Query { seat(id: ID!, row: Int): String, seats: [String!], rows: Int }');
  expect(await findBreakingChanges(released, added, {})).toEqual([]);
});

it.each([
  ['a removed field', 'type Query { seat(id: ID!): String }', 'Query.seats'],
  [
    'a new required argument',
    'type Query { seat(id: ID!, row: Int!): String, seats: [String!] }',
    'Query.seat.row',
  ],
  ['a nullable element', 'type Query { seat(id: ID!): String, seats: [String] }', 'Query.seats'],
])('rejects %s unless it is noted', async (_what, text, at) => {
  const current = buildSchema(text);
  const errors = await findBreakingChanges(released, current, {});
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(new RegExp(`^${at}: `));
  expect(await findBreakingChanges(released, current, { [at]: 'nobody uses it' })).toEqual([]);
});

it('rejects a note of a change that did not happen', async () => {
  expect(await findBreakingChanges(released, released, { 'Query.seat': 'gone' })).toEqual([
    'Query.seat: is noted as a breaking change, but did not change',
  ]);
});
