import fc from 'fast-check';
import { buildSchema, getOperationAST, getVariableValues, type GraphQLScalarType, parse } from 'graphql';
import { expect, it } from 'vitest';
import { planVariables } from '../../../../src/graphql/engine/execution/coerce-variables.ts';
import { errorLimits } from '../../../../src/graphql/engine/limits.ts';

const schema = buildSchema(`
  scalar Day
  enum Color { RED GREEN }
  input Inner { n: Int!  color: Color = RED  again: Inner }
  input OneOf @oneOf { a: Int  b: String }
  type Query { a(inner: Inner  inners: [[Inner!]]  id: ID  day: Day  one: OneOf  float: Float  flag: Boolean): Int }
`);
const day = schema.getType('Day') as GraphQLScalarType;
day.parseValue = (value) => {
  if (value === 'never') return undefined;
  if (typeof value !== 'string') throw new Error('A day is text.');
  return { day: value };
};

const operation = getOperationAST(
  parse(`query($inner: Inner, $inners: [[Inner!]] = [], $id: ID!, $day: Day = "today", $one: OneOf, $float: Float,
    $flag: Boolean = null, $required: Inner!, $color: Color = GREEN, $given: Int) { a }`),
);
if (operation == null) throw new Error('the operation is missing');
const { variableDefinitions = [] } = operation;

const anything = fc.oneof(
  fc.constantFrom<unknown>('RED', 'BLUE', 'never', 1, 2.5, -0, true, null, 1e20, [], {}, { a: 1 }),
  fc.string({ maxLength: 3 }),
);
/** Mistakes are rare, so that many sets of variables are valid. */
const mostly = (valid: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 20, arbitrary: valid }, { weight: 1, arbitrary: anything });
const color = fc.constantFrom('RED', 'GREEN');
const { inner } = fc.letrec<{ inner: unknown }>((tie) => ({
  inner: mostly(
    fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({ n: mostly(fc.nat()), color: mostly(color) }, { requiredKeys: ['n'] }),
      },
      {
        weight: 10,
        arbitrary: fc.record({ n: mostly(fc.nat()), again: fc.option(tie('inner'), { depthSize: 'small' }) }),
      },
      { weight: 1, arbitrary: fc.record({ n: fc.nat(), unknown: anything, __proto__: anything }) },
    ),
  ),
}));
const given = fc.record(
  {
    inner,
    inners: mostly(fc.array(mostly(fc.array(inner, { maxLength: 2 })), { maxLength: 2 })),
    id: mostly(fc.oneof(fc.string(), fc.nat())),
    day: mostly(fc.string()),
    one: mostly(fc.oneof(fc.record({ a: fc.nat() }), fc.record({ b: fc.string() }))),
    float: mostly(fc.float({ noNaN: true, noDefaultInfinity: true })),
    flag: mostly(fc.boolean()),
    required: inner,
    color: mostly(color),
    given: mostly(fc.nat({ max: 1_000 })),
    notDeclared: anything,
  },
  { requiredKeys: ['id', 'required'] },
);

it('has the result of GraphQL’s own coercion, including every error', () => {
  const coerce = planVariables(schema, operation);
  let valid = 0;
  fc.assert(
    fc.property(given, (variables) => {
      const json = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>;
      const options = { maxErrors: errorLimits.reportedMax };
      const expected = getVariableValues(schema, variableDefinitions, json, options);
      const actual = coerce(json);
      expect(actual.coerced).toEqual(expected.coerced);
      expect(JSON.stringify(actual.errors)).toBe(JSON.stringify(expected.errors));
      if (actual.coerced !== undefined) valid++;
    }),
    {
      numRuns: 500,
      examples: [
        [{ id: null, required: { n: 1 } }],
        [{ id: '1', required: null }],
        [{ id: '1', required: { n: null } }],
        [{ id: 1, required: { n: 1 } }],
        [{ id: '1', required: { n: 1, again: { n: 2, color: 'GREEN' } } }],
      ],
    },
  );
  expect(valid).toBeGreaterThan(50);
});

it('reports a few of many mistakes', () => {
  const coerce = planVariables(schema, operation);
  const inners = [Array.from({ length: 50 }, () => ({ n: 'no number' }))];
  expect(coerce({ id: '1', required: { n: 1 }, inners }).errors).toHaveLength(errorLimits.reportedMax + 1);
});
