import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const requests: Record<string, unknown> = {
  'a query': { query: '{ viewer { id } __typename }' },
  'variables, an operation name and extensions': {
    query: 'query A($id: ID!) { event(id: $id) { id name } } query B { __typename }',
    operationName: 'A',
    variables: { id: 'RXZlbnQ6MQ==' },
    extensions: { trace: true },
  },
  'parts that are null': { query: '{ __typename }', operationName: null, variables: null, extensions: null },
  'an error beside no data': { query: 'mutation { releaseBooking(bookingId: "nonsense") { __typename } }' },
  'a field that needs a caller': { query: '{ viewer { bookings { edges { node { id } } } } }' },
  'variables that do not fit': { query: 'query A($id: ID!) { node(id: $id) { id } }', variables: { id: {} } },
  'a document that does not parse': { query: '{ viewer' },
  'a document that is not valid': { query: '{ nothingOfTheKind }' },
  'a document that is too deep': { query: `{ a ${'{ a '.repeat(30)} ${'}'.repeat(30)} }` },
  'a document that costs too much': {
    query: '{ events(first: 100) { edges { node { seats(first: 100) { edges { node { id } } } } } } }',
  },
  'an operation that is not there': { query: '{ __typename }', operationName: 'Other' },
  'several operations and no name': { query: 'query A { __typename } query B { __typename }' },
  'a subscription': { query: 'subscription { seatUpdates(eventId: "RXZlbnQ6MQ==") { __typename } }' },
  'no query': { variables: {} },
  'a query that is no string': { query: 1 },
  'variables that are a list': { query: '{ __typename }', variables: [] },
  'a part that is not known': { query: '{ __typename }', other: 1 },
  'several operations at once': [{ query: '{ __typename }' }],
  'no object': 'null',
  'no JSON': '{"query": ',
  'a byte order mark': '\uFEFF{"query":"{ __typename }"}',
};

const accepts = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
  'application/json, application/graphql-response+json',
  'application/graphql-response+json; charset=iso-8859-1, application/json',
  'text/html',
  'multipart/mixed, application/json',
];

async function answerTo(body: unknown, accept: string, contentType: string) {
  const response = await http.post(body as object, {
    accept,
    'content-type': contentType,
    'x-request-id': 'one-request-id',
  });
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
  return { status: response.status, headers, body: await response.text() };
}

describe('POST of one JSON operation', () => {
  for (const [name, body] of Object.entries(requests)) {
    it(`is answered as Yoga alone answers it: ${name}`, async () => {
      // With any media type a subscription is a stream (http-sse.test.ts), and does not end.
      for (const accept of name === 'a subscription' ? accepts.slice(1) : accepts) {
        const fast = await answerTo(body, accept, 'application/json; charset=utf-8');
        // Another name of the same media type, which the fast path leaves to Yoga.
        const yogas = await answerTo(body, accept, 'application/graphql+json');
        expect({ accept, ...fast }).toEqual({ accept, ...yogas });
      }
    });
  }
});
