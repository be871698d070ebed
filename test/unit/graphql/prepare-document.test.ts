import { buildSchema, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { expect, it, vi } from 'vitest';
import { createEngine } from '../../../src/graphql/engine/engine.ts';
import { prepareOperation } from '../../../src/graphql/engine/operation.ts';
import { documentLimits } from '../../../src/graphql/engine/document/document-limits.ts';
import { silent } from '../../support/booking.ts';

const onParse = vi.fn<() => void>();
const onValidate = vi.fn<() => void>();
const counting: Plugin = { onParse: () => onParse(), onValidate: () => onValidate() };

const engine = createEngine({
  schema: buildSchema('type Query { a: Int  b: Int }'),
  plugins: [...documentLimits(), counting],
  logger: silent,
  maskError: (error) => (error instanceof GraphQLError ? error : new GraphQLError('masked')),
  services: {},
  sharedContext: {},
  onRevoked: () => () => undefined,
});
const prepare = (query: string, operationName: string | null = null) =>
  prepareOperation(
    engine,
    { query, operationName, variables: null },
    { viewer: null, requestId: 'one', budget: null },
  );

it('parses and validates a document once, for all of its operations', async () => {
  const query = 'query A { a } query B { b }';
  for (let i = 0; i < 3; i++) {
    for (const name of ['A', 'B']) {
      const operation = prepare(query, name);
      if (operation.kind === 'invalid') throw new AggregateError(operation.errors);
      expect(await operation.execute()).toEqual({ data: { [name.toLowerCase()]: null } });
    }
    expect(prepare(query)).toMatchObject({
      kind: 'invalid',
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(prepare(query, 'C')).toMatchObject({ errors: [{ message: 'Unknown operation named "C".' }] });
  }
  expect([onParse.mock.calls.length, onValidate.mock.calls.length]).toEqual([1, 1]);
});

it('keeps valid documents only, and reports the errors of others each time', () => {
  for (const query of ['{ nothing }', '{ a', `{ ${'{ a '.repeat(20)} ${'}'.repeat(20)} }`]) {
    const errors = [1, 2].map(() => JSON.stringify(prepare(query)));
    expect(errors[0]).toBe(errors[1]);
    expect(prepare(query).kind).toBe('invalid');
    expect(engine.documents.has(query)).toBe(false);
  }
  expect(engine.documents.has('query A { a } query B { b }')).toBe(true);
});
