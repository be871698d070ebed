import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawExchange, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const query = '{ __typename }';
const GRAPHQL = 'application/graphql-response+json';

function send(init: RequestInit & { readonly search?: string }): Promise<Response> {
  return fetch(`${http.url}/graphql${init.search ?? ''}`, init);
}

/** Returns the response to a POST, without the headers that `fetch` would add. */
async function rawPost(contentType: string | null, body: string): Promise<string> {
  const lines = ['POST /graphql HTTP/1.1', 'Host: x', 'Connection: close', `Content-Length: ${body.length}`];
  if (contentType !== null) lines.push(`Content-Type: ${contentType}`);
  return rawExchange(http.port, `${lines.join('\r\n')}\r\n\r\n${body}`);
}

describe('the media type of a body', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json ; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('may be %s', async (type) => {
    const response = await http.post({ query }, { 'content-type': type });
    expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  // A page of any origin can send the first five without a preflight request.
  it.each([
    ['text/plain', '{"query":"{ __typename }"}'],
    ['text/plain;application/json', '{"query":"{ __typename }"}'],
    ['application/x-www-form-urlencoded', 'query=%7B__typename%7D'],
    ['multipart/form-data; boundary=x', '--x\r\n\r\n--x--'],
    [null, '{"query":"{ __typename }"}'],
    ['application/graphql', '{ __typename }'],
    ['application/graphql+json', '{"query":"{ __typename }"}'],
    ['application/json; charset=utf-16', '{"query":"{ __typename }"}'],
  ])('cannot be %s: 415, with a body', async (type, body) => {
    const answer = await rawPost(type, body);
    expect(answer).toMatch(/^HTTP\/1\.1 415 /);
    expect(answer).toMatch(/^accept: application\/json$/im);
    expect(JSON.parse(answer.split('\r\n\r\n', 2)[1] ?? '')).toMatchObject({
      errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }],
    });
  });

  it('of a mutation is checked before it is executed', async () => {
    const userId = randomUUID();
    const { token } = await http.context.identity.issue({ userId, role: 'BUYER' });
    const input = `{ eventId: "${http.eventId}", seatIds: ["${http.seatId(3)}"] }`;
    const mutation = `mutation { holdSeats(input: ${input}) { __typename } }`;
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', `query=${encodeURIComponent(mutation)}`],
      ['application/graphql', mutation],
      ['text/plain', JSON.stringify({ query: mutation })],
    ] as const) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      expect((await send({ method: 'POST', headers, body })).status).toBe(415);
    }
    const { reads } = http.context.database;
    expect(await reads.booking.count({ where: { buyerId: userId } })).toBe(0);
  });
});

describe('the media type of a response', () => {
  it.each([
    ['*/*', 'application/json'],
    ['', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    [GRAPHQL, GRAPHQL],
    [`application/json;q=0.8, ${GRAPHQL};q=0.9`, GRAPHQL],
    [`${GRAPHQL};q=0.1, application/json;q=0.2`, 'application/json'],
    [`application/json;q=0, */*`, GRAPHQL],
    [`text/event-stream, application/json;q=0.5`, 'text/event-stream'],
    [`text/event-stream;q=0.5, application/json`, 'application/json'],
  ])('is chosen by weight: %s', async (accept, type) => {
    const response = await http.post({ query }, { accept });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')?.split(';')[0]).toBe(type);
    expect(await response.text()).toContain('{"data":{"__typename":"Query"}}');
  });

  it.each([
    ['POST', 'text/html'],
    ['POST', 'application/json;q=0'],
    ['POST', 'multipart/mixed'],
    ['GET', 'image/png'],
    ['GET', `${GRAPHQL};q=0, application/json;q=0`],
  ])('is 406 with a body if none is acceptable: %s %s', async (method, accept) => {
    const response =
      method === 'POST'
        ? await http.post({ query }, { accept })
        : await send({ search: `?query=${encodeURIComponent(query)}`, headers: { accept } });
    expect(response.status).toBe(406);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
  });

  it('is checked before a mutation is executed', async () => {
    const userId = randomUUID();
    const { token } = await http.context.identity.issue({ userId, role: 'BUYER' });
    const input = { eventId: http.eventId, seatIds: [http.seatId(4)] };
    const hold = {
      query: 'mutation($i:HoldSeatsInput!){holdSeats(input:$i){__typename}}',
      variables: { i: input },
    };
    const refused = await http.post(hold, { authorization: `Bearer ${token}`, accept: 'text/html' });
    expect(refused.status).toBe(406);
    expect(await http.context.database.reads.booking.count({ where: { buyerId: userId } })).toBe(0);
  });

  it.each([
    ['application/json', 406],
    ['text/event-stream;q=0, */*', 406],
    ['application/json, text/event-stream;q=0.1', 200],
  ])('for a subscription is that of an event stream alone: %s', async (accept, status) => {
    const leaving = new AbortController();
    const watch = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';
    const response = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query: watch, variables: { e: http.eventId } }),
      signal: leaving.signal,
    });
    expect(response.status).toBe(status);
    if (status === 406)
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });
    else expect(response.headers.get('content-type')).toBe('text/event-stream');
    leaving.abort();
  });
});

describe('GET', () => {
  const search = (text: string, variables: object) =>
    `?query=${encodeURIComponent(text)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;

  it('runs queries, and subscriptions as a stream', async () => {
    const found = await send({ search: search('query($i:ID!){event(id:$i){id}}', { i: http.eventId }) });
    expect(await found.json()).toEqual({ data: { event: { id: http.eventId } } });
    const leaving = new AbortController();
    const watch = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';
    const headers = { accept: 'text/event-stream' };
    const stream = await send({
      search: search(watch, { e: http.eventId }),
      headers,
      signal: leaving.signal,
    });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    leaving.abort();
  });

  it.each([
    ['GET', 'application/json'],
    ['GET', GRAPHQL],
    ['GET', 'text/event-stream'],
    ['GET', '*/*'],
    ['HEAD', '*/*'],
    ['HEAD', 'text/event-stream'],
  ])('runs no mutation: %s, accept %s', async (method, accept) => {
    const userId = randomUUID();
    const { token } = await http.context.identity.issue({ userId, role: 'BUYER' });
    const authorization = `Bearer ${token}`;
    const document = `query Q { __typename } mutation M($i:HoldSeatsInput!){holdSeats(input:$i){__typename}}`;
    const variables = { i: { eventId: http.eventId, seatIds: [http.seatId(5)] } };
    const headers = { authorization, accept };
    const response = await send({
      method,
      search: `${search(document, variables)}&operationName=M`,
      headers,
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    if (method === 'GET')
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }],
      });
    expect(await http.context.database.reads.booking.count({ where: { buyerId: userId } })).toBe(0);
  });
});
