import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { PreparedDocument } from '../../../src/graphql/engine/execution/prepared-document.ts';
import { toSharedOperation } from '../../../src/graphql/engine/shared-operation.ts';

const schema = buildSchema(`type Query { a: Int }
  type Subscription { seats(event: ID!, after: Int): Seats!  mine(id: ID!): Seats! }
  type Seats { version: Int!  since(version: Int): Int }`);
const seats = schema.getSubscriptionType()?.getFields()['seats'];
Object.assign(seats?.extensions ?? {}, { shared: { resumesBy: 'after' } });

function keyOf(query: string, variables?: Record<string, unknown>, operationName?: string): string | null {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const prepared = new PreparedDocument(schema, document).getOperation(operationName ?? null);
  const coerced = prepared?.coerceVariables(variables ?? {}).coerced;
  if (prepared === null || coerced === undefined) return null;
  return toSharedOperation(prepared, query, coerced)?.key ?? null;
}

const watch = 'subscription ($e: ID!, $a: Int) { seats(event: $e, after: $a) { version } }';

it.each([
  ['another place to resume from', { e: '1', a: 3 }],
  ['null to resume from', { e: '1', a: null }],
  ['another order', { a: 1, e: '1' }],
  ['a variable that is not defined', { e: '1', secret: 'x' }],
  ['another form of the same value', { e: 1 }],
])('is the same with %s', (_name, variables) => {
  expect(keyOf(watch, variables)).toBe(keyOf(watch, { e: '1' }));
});

it.each([
  ['another value', watch, { e: '2' }],
  ['another text', `${watch} `, { e: '1' }],
  ['an alias', watch.replace('seats', 'x: seats'), { e: '1' }],
])('is another with %s', (_name, query, variables) => {
  expect(keyOf(query, variables)).not.toBe(keyOf(watch, { e: '1' }));
  expect(keyOf(query, variables)).not.toBeNull();
});

it('is another with another operation of the same document, or another included field', () => {
  const query = `subscription A($e: ID!, $x: Boolean!) { seats(event: $e) { version since @include(if: $x) } }
    subscription B($e: ID!, $x: Boolean!) { seats(event: $e) { version since @skip(if: $x) } }`;
  const keys = ['A', 'B'].flatMap((name) => [true, false].map((x) => keyOf(query, { e: '1', x }, name)));
  expect(new Set(keys).size).toBe(4);
});

it('has a short key for a text of any length', () => {
  const [short, long] = [keyOf(watch, { e: '1' }), keyOf(`${watch} #${'x'.repeat(1_000_000)}`, { e: '1' })];
  expect(long).not.toBe(short);
  expect(long).toHaveLength(short?.length ?? 0);
});

it('is the same whether the only operation is named or not', () => {
  const named = watch.replace('subscription', 'subscription Watch');
  expect(keyOf(named, { e: '1' }, 'Watch')).toBe(keyOf(named, { e: '1' }));
});

it.each([
  'subscription ($e: ID!, $a: Int) { seats(event: $e, after: $a) { since(version: $a) } }',
  'subscription ($e: ID!, $a: Int) { seats(event: $e) { since(version: $a) } }',
  'subscription ($e: ID!, $a: Int) { ...Root } fragment Root on Subscription { seats(event: $e, after: $a) { ...F } } fragment F on Seats { since(version: $a) }',
])('is another if the resume version affects more than the first message: %s', (query) => {
  expect(keyOf(query, { e: '1', a: 1 })).not.toBe(keyOf(query, { e: '1', a: 2 }));
});

it.each([
  ['a field that is not marked', 'subscription { mine(id: 1) { version } }'],
  ['a query', '{ a }'],
  ['a directive at the root', 'subscription { seats(event: 1) @include(if: true) { version } }'],
  [
    'a directive on a fragment there',
    'subscription { ... @skip(if: false) { seats(event: 1) { version } } }',
  ],
])('is not shared: %s', (_name, query) => {
  expect(keyOf(query)).toBeNull();
});

it('is not shared if its variables are invalid', () => {
  expect(keyOf(watch, {})).toBeNull();
  expect(keyOf(watch, { e: '1', a: 'three' })).toBeNull();
});
