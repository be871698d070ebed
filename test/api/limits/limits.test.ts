import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';

let client: SchemaClient;
beforeAll(async () => {
  client = await createSchemaClient();
});
afterAll(() => client.close());

const names = (count: number, of: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ');

describe('a document is refused with a 4xx status for', () => {
  test.each([
    [
      '300 aliases of one mutation',
      `mutation { ${names(300, (i) => `a${i}: startGuestSession { token }`)} }`,
    ],
    ['31 aliases', `{ ${names(31, (i) => `a${i}: viewer { id }`)} }`],
    [
      'aliases within fragments',
      `{ ${names(11, () => '...F')} } fragment F on Query { a: viewer { id } b: viewer { id } c: viewer { id } }`,
    ],
    ['11 mutations', `mutation { ${names(11, (i) => `a${i}: startGuestSession { token }`)} }`],
    [
      '100 seats of each of 100 events',
      '{ events(first: 100) { edges { node { seats(first: 100) { edges { node { id } } } } } } }',
    ],
    ['maps of 100 events', '{ events(first: 100) { edges { node { seatMap { states } } } } }'],
    ['its tokens', `{ ${names(2_000, () => 'viewer { id }')} }`],
    [
      'its depth',
      `query { ${'event(id: "x") { seats { edges { node { '.repeat(4)} id ${'} } } }'.repeat(4)} }`,
    ],
    [
      'fragments that spread one another',
      `{ ...F0 } ${names(40, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F40 on Query { viewer { id } }`,
    ],
  ])('%s', async (_what, query) => {
    const { status, errors, data } = await client.ask(query);
    expect(errors.map((error) => error.extensions.code)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
  });

  test('a page size that is given in the variables', async () => {
    const query =
      'query ($n: Int) { events(first: $n) { edges { node { seats(first: $n) { edges { node { id } } } } } } }';
    expect((await client.ask(query, { n: 100 })).errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
    expect((await client.ask(query, { n: 5 })).errors).toEqual([]);
  });
});

describe('a document passes with', () => {
  test.each([
    [
      '100 events with tiers and availability',
      `{ events(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
      id name startsAt onSaleAt status seatLimit venue { id name seatCount }
      priceTiers { name color price { amount currency } } availability { total available held booked blocked } } } } }`,
    ],
    [
      '100 seats of one event',
      `{ event(id: "x") { id seatMap { version states layoutUrl } seats(first: 100) { totalCount edges { cursor node {
      id index section row number label status priceTier { name color price { amount currency } } } } } } }`,
    ],
  ])('%s', async (_what, query) => {
    const { status, errors } = await client.ask(query);
    expect(errors).toEqual([]);
    expect(status).toBe(200);
  });

  test('the introspection that GraphiQL asks for', async () => {
    const ofType = (depth: number): string =>
      `kind name ${depth > 0 ? `ofType { ${ofType(depth - 1)} }` : ''}`;
    const { errors, data } = await client.ask(`query IntrospectionQuery {
      __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
        types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
      fragment FullType on __Type { kind name description specifiedByURL
        fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
        inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
      fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
      fragment TypeRef on __Type { ${ofType(9)} }`);
    expect(errors).toEqual([]);
    expect(data.__schema.types.length).toBeGreaterThan(50);
  });
});

test.each([
  ['{ viewer { id ', 'GRAPHQL_PARSE_FAILED'],
  ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['{ ...F } fragment F on Query { ...F }', 'GRAPHQL_VALIDATION_FAILED'],
])('%s gets %s', async (query, code) => {
  const { errors } = await client.ask(query);
  expect(errors[0]?.extensions.code).toBe(code);
});

test('GraphQL stops after a few mistakes', async () => {
  const unknown = await client.ask(`{ ${names(50, (i) => `unknown${i}`)} }`);
  expect(unknown.errors).toHaveLength(6);
});

test('invalid variables are an error of the client', async () => {
  const { errors } = await client.ask('query ($id: ID!) { event(id: $id) { id } }');
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});
