import { buildSchema, getOperationAST, GraphQLError, Kind, parse, type ExecutionResult } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { findConditions, type Fragments } from '../../../../src/graphql/engine/execution/collect-fields.ts';
import { executePlan } from '../../../../src/graphql/engine/execution/execute-plan.ts';
import { OperationPlan, type PlanBudget } from '../../../../src/graphql/engine/execution/operation-plan.ts';
import { nextTurn } from './fake-schema.fixture.ts';

const schema = buildSchema(`
  type Query { a: Int  b: Int  self: Query  pets: [Pet] }
  interface Pet { name: String }
  type Cat implements Pet { name: String  lives: Int }
  type Dog implements Pet { name: String  legs: Int }
`);

function plan(query: string, budget: PlanBudget): OperationPlan {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('the operation is missing');
  const fragments = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  ) as Fragments;
  return new OperationPlan({ schema, fragments, operation, conditions: findConditions(document), budget });
}

const root = {
  a: 1,
  b: 2,
  self: { a: 3, b: 4 },
  pets: [
    { __typename: 'Cat', name: 'Tom', lives: 9 },
    { __typename: 'Dog', name: 'Rex', legs: 4 },
  ],
};
const run = (of: OperationPlan, variables: Record<string, unknown> = {}) =>
  JSON.parse(JSON.stringify(executePlan(of, { variables, context: {}, root }))) as ExecutionResult;

describe('a plan', () => {
  it('has other fields for other values of its conditions, at every level', () => {
    const query =
      'query($x: Boolean!, $y: Boolean!) { a @skip(if: $x) self { ...F b @include(if: $y) } } fragment F on Query { a @include(if: $x) }';
    const prepared = plan(query, { fieldsLeft: 1_000 });
    for (let round = 0; round < 2; round++) {
      expect(run(prepared, { x: true, y: true }).data).toEqual({ self: { a: 3, b: 4 } });
      expect(run(prepared, { x: true, y: false }).data).toEqual({ self: { a: 3 } });
      expect(run(prepared, { x: false, y: true }).data).toEqual({ a: 1, self: { b: 4 } });
    }
  });

  it('reports a condition that is null each time, as an error', () => {
    const prepared = plan('query($x: Boolean = true) { a self { b @skip(if: $x) } }', { fieldsLeft: 1_000 });
    for (let round = 0; round < 2; round++) {
      expect(run(prepared, { x: null })).toMatchObject({
        data: { a: 1, self: null },
        errors: [{ path: ['self'], message: 'Argument "if" of non-null type "Boolean!" must not be null.' }],
      });
      expect(run(prepared, { x: false }).data).toEqual({ a: 1, self: { b: 4 } });
    }
  });

  it('may have the response name __proto__', () => {
    const prepared = plan('{ __proto__: a b self { b __proto__: a } }', { fieldsLeft: 1_000 });
    expect(JSON.stringify(executePlan(prepared, { variables: {}, context: {}, root }))).toBe(
      '{"data":{"__proto__":1,"b":2,"self":{"b":4,"__proto__":3}}}',
    );
  });

  it('keeps its fields for later executions', () => {
    const budget = { fieldsLeft: 1_000 };
    const prepared = plan('{ a pets { __typename name ... on Cat { lives } ... on Dog { legs } } }', budget);
    const { data } = run(prepared);
    expect(data).toEqual({ a: 1, pets: root.pets });
    // Two root fields, and three on each of the two types.
    expect(budget.fieldsLeft).toBe(1_000 - 2 - 6);
    expect(run(prepared).data).toEqual(data);
    expect(budget.fieldsLeft).toBe(1_000 - 2 - 6);
  });

  it.each([0, 1, 2, 5, 9])('keeps at most %i fields, and executes the others without', (fieldsLeft) => {
    const budget = { fieldsLeft };
    const names = ['v0', 'v1', 'v2', 'v3'];
    const declared = names.map((name) => `$${name}: Boolean!`).join(' ');
    const fields = names.map((name) => `${name}: a @include(if: $${name})`).join(' ');
    const prepared = plan(`query(${declared}) { ${fields} pets { name } self { ${fields} a } }`, budget);
    for (let bits = 0; bits < 32; bits++) {
      const chosen = names.filter((_, i) => (bits >> i) % 2 === 1);
      const variables = Object.fromEntries(names.map((name) => [name, chosen.includes(name)]));
      const values = (value: number) => Object.fromEntries(chosen.map((name) => [name, value]));
      expect(run(prepared, variables).data).toEqual({
        ...values(1),
        pets: [{ name: 'Tom' }, { name: 'Rex' }],
        self: { ...values(3), a: 3 },
      });
    }
    expect(budget.fieldsLeft).toBeGreaterThanOrEqual(0);
  });
});

describe('an execution', () => {
  const small = buildSchema(`
    enum Color { RED GREEN }
    interface Shape { color: Color }
    type Circle implements Shape { color: Color  radius: Int }
    type Square implements Shape { color: Color  side: Int! }
    type Query { shapes: [Shape]  circle: Circle  numbers: [Int!]  echo(color: Color = GREEN, n: Int): String }
  `);
  const execute = async (query: string, rootValue: object) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('the operation is missing');
    const input = { schema: small, fragments: {}, operation, conditions: [], budget: { fieldsLeft: 100 } };
    return JSON.parse(
      JSON.stringify(
        await executePlan(new OperationPlan(input), {
          variables: {},
          context: { who: 'me' },
          root: rootValue,
        }),
      ),
    ) as ExecutionResult;
  };

  it('reads properties, calls methods, and gives them arguments and context', async () => {
    const result = await execute('{ echo(n: 3) again: echo(color: RED) }', {
      echo: (args: object, context: object) => JSON.stringify([args, context]),
    });
    expect(result.data).toEqual({
      echo: '[{"color":"GREEN","n":3},{"who":"me"}]',
      again: '[{"color":"RED"},{"who":"me"}]',
    });
  });

  it('converts internal values of enums, and asks types for their objects', async () => {
    const color = small.getType('Color');
    if (color === undefined || !('getValue' in color)) throw new Error('the enum is missing');
    const [circle, square] = [small.getType('Circle'), small.getType('Square')] as { isTypeOf?: unknown }[];
    if (circle === undefined || square === undefined) throw new Error('a type is missing');
    circle.isTypeOf = (value: object) => 'radius' in value;
    square.isTypeOf = async (value: object) => 'side' in value;
    const query = '{ shapes { __typename color ... on Square { side } } circle { radius } }';
    const shapes = [{ radius: 1, color: 'RED' }, { side: 2, color: 'GREEN' }, { color: 'RED' }];
    expect(await execute(query, { shapes, circle: { side: 1 } })).toMatchObject({
      data: {
        shapes: [
          { __typename: 'Circle', color: 'RED' },
          { __typename: 'Square', color: 'GREEN', side: 2 },
          null,
        ],
        circle: null,
      },
      errors: [{ path: ['circle'] }, { path: ['shapes', 2] }],
    });
  });

  it('handles the rejections of a list whose other items fail at once', async () => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const numbers = [Promise.reject(new GraphQLError('late')), new GraphQLError('at once')];
    expect(await execute('{ numbers }', { numbers: () => numbers })).toMatchObject({
      data: { numbers: null },
      errors: [{ message: 'at once' }],
    });
    await nextTurn();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
