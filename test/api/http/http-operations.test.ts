import { complexityFromQuery } from '@pothos/plugin-complexity';
import { getOperationAST, type ExecutionArgs } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphQLContext } from '../../../src/graphql/context.ts';
import { documentLimits } from '../../../src/graphql/engine/document/document-limits.ts';
import { tooComplex } from '../../../src/graphql/engine/document/too-complex.ts';
import { maskError } from '../../../src/graphql/engine/errors/mask-error.ts';
import { schema } from '../../../src/graphql/schema/schema.ts';
import { startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const requests: Record<string, object> = {
  'a query': { query: '{ viewer { id } __typename }' },
  'variables, an operation name and extensions': {
    query: 'query A($id: ID!) { event(id: $id) { id name } } query B { __typename }',
    operationName: 'A',
    variables: { id: 'RXZlbnQ6MQ==' },
    extensions: { trace: true },
  },
  'parts that are null': { query: '{ __typename }', operationName: null, variables: null, extensions: null },
  'an error beside data': { query: 'mutation { releaseBooking(bookingId: "nonsense") { __typename } }' },
  'a field that needs a caller': { query: '{ viewer { bookings { edges { node { id } } } } }' },
  'a variable of the wrong type': {
    query: 'query A($id: ID!) { node(id: $id) { id } }',
    variables: { id: {} },
  },
  'a missing variable': { query: 'query A($id: ID!) { node(id: $id) { id } }' },
  'a document that does not parse': { query: '{ viewer' },
  'a document that is not valid': { query: '{ nothingOfTheKind }' },
  'a document that is too deep': { query: `{ a ${'{ a '.repeat(30)} ${'}'.repeat(30)} }` },
  'a document that costs too much': {
    query: '{ events(first: 100) { edges { node { seats(first: 100) { edges { node { id } } } } } } }',
  },
};

const accepts = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json; charset=iso-8859-1, application/json',
  'multipart/mixed, application/json',
];

/** Limits the cost with the plugin's own function. */
const costLimit: Plugin = {
  onExecute({ args, setResultAndStopExecution }) {
    const cost = computeCost(args);
    if (cost <= 15_000) return;
    const message = `The operation has a cost of ${cost}; at most 15000 is allowed. Request smaller pages or fewer fields.`;
    const error = tooComplex(message, getOperationAST(args.document) ?? undefined);
    setResultAndStopExecution({ errors: [error] });
  },
};

function computeCost({ document, variableValues }: ExecutionArgs): number {
  try {
    return complexityFromQuery(document, { schema, variables: variableValues ?? {} }).complexity;
  } catch {
    return 0; // A variable is not valid. The executor reports it.
  }
}

/** Creates Yoga with its own HTTP handling, on the same schema. */
function stockYoga() {
  const { logger } = http.context;
  return createYoga({
    schema,
    plugins: [...documentLimits(), costLimit],
    context: (): GraphQLContext => ({
      ...http.context,
      viewer: null,
      requestId: 'one-request-id',
      budget: null,
    }),
    maskedErrors: { maskError: (error) => maskError(error, { logger, requestId: 'one-request-id' }) },
    logging: false,
  });
}

interface Body {
  readonly errors?: readonly { readonly extensions?: unknown }[];
}

describe('POST of one operation', () => {
  for (const [name, request] of Object.entries(requests)) {
    it(`gets the same response as from stock Yoga: ${name}`, async () => {
      const yoga = stockYoga();
      for (const accept of accepts) {
        const headers = { accept, 'content-type': 'application/json', 'x-request-id': 'one-request-id' };
        const ours = await http.post(request, headers);
        const yogas = await yoga.fetch('http://localhost/graphql', {
          method: 'POST',
          headers,
          body: JSON.stringify(request),
        });
        const type = (response: Response) => response.headers.get('content-type');
        // Stock Yoga does not add the IDs of the request to a response with errors.
        const { extensions, ...body } = (await ours.json()) as Body & { extensions?: object };
        if (body.errors !== undefined) expect(extensions).toMatchObject({ requestId: 'one-request-id' });
        expect({ accept, status: ours.status, type: type(ours), body }).toEqual({
          accept,
          status: yogas.status,
          type: type(yogas),
          body: (await yogas.json()) as Body,
        });
      }
    });
  }

  it('gets 400 if its variables are invalid and the media type is GraphQL’s own', async () => {
    for (const name of ['a variable of the wrong type', 'a missing variable']) {
      const answer = await http.post(requests[name] ?? {}, { accept: 'application/graphql-response+json' });
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      ]);
    }
  });
});

describe('a request is refused if', () => {
  const json = 'application/json';
  it.each([
    ['it has no query', json, { variables: {} }, 400, 'BAD_REQUEST'],
    ['its query is no string', json, { query: 1 }, 400, 'BAD_REQUEST'],
    ['its variables are a list', json, { query: '{ __typename }', variables: [] }, 400, 'BAD_REQUEST'],
    [
      'its operation name is a number',
      json,
      { query: '{ __typename }', operationName: 1 },
      400,
      'BAD_REQUEST',
    ],
    ['it is several operations', json, [{ query: '{ __typename }' }], 400, 'BAD_REQUEST'],
    ['it is null', json, 'null', 400, 'BAD_REQUEST'],
    ['it is not JSON', json, '{"query": ', 400, 'BAD_REQUEST'],
    [
      'it is a form',
      'application/x-www-form-urlencoded',
      'query={__typename}',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['it is a bare document', 'application/graphql', '{ __typename }', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['it is text', 'text/plain', '{"query":"{ __typename }"}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'it is a multipart form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n--x--',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['it is of another charset', 'application/json; charset=utf-16', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%s', async (_what, contentType, body, status, code) => {
    const answer = await http.post(body, { 'content-type': contentType });
    expect([answer.status, await answer.json()]).toMatchObject([
      status,
      { errors: [{ extensions: { code } }] },
    ]);
  });

  it('its body is not valid UTF-8', async () => {
    const body = Buffer.from('{"query":"{ __typename }","operationName":"\u00ff"}', 'latin1');
    const answer = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': json },
      body,
    });
    expect(answer.status).toBe(400);
  });

  it.each([
    ['/graphql?query={__typename}&variables={bad', 400],
    ['/graphql?query={__typename}&extensions={bad', 400],
    ['/graphql', 400],
    ['/graphql?query=mutation{startGuestSession{token}}', 405],
  ])('GET %s is malformed or a mutation', async (path, status) => {
    const answer = await fetch(`${http.url}${path}`, { headers: { accept: json } });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
  });
});

describe('errors in variables', () => {
  it('are reported up to a few mistakes', async () => {
    const answer = await http.post({
      query: 'query ($i: [ID!]!) { nodes(ids: $i) { id } }',
      variables: { i: Array(10_000).fill(null) },
    });
    const { errors } = (await answer.json()) as { errors: { message: string }[] };
    expect([answer.status, errors.length]).toEqual([400, 6]);
  });

  it('are quoted briefly', async () => {
    const answer = await http.post({
      query: 'mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename } }',
      variables: {
        i: {
          large: 'x'.repeat(200_000),
          ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x${i}`, 1])),
        },
      },
    });
    const text = await answer.text();
    expect([answer.status, text.length < 4_000]).toEqual([400, true]);
  });
});

describe('a request is accepted with', () => {
  it.each([
    ['an empty operation name', { query: '{ __typename }', operationName: '' }],
    ['unknown keys', { query: '{ __typename }', other: 1 }],
    ['a byte order mark', '\uFEFF{"query":"{ __typename }"}'],
  ])('%s', async (_what, body) => {
    const answer = await http.post(body);
    expect([answer.status, await answer.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it.each(['Application/JSON', 'application/json ; charset=utf-8', 'application/json;charset="UTF-8"'])(
    'the media type %s',
    async (contentType) => {
      const answer = await http.post({ query: '{ __typename }' }, { 'content-type': contentType });
      expect(answer.status).toBe(200);
    },
  );
});
