import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawSocket, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const accepts = ['application/json', 'application/graphql-response+json', 'text/event-stream', '*/*'];

function get(params: Record<string, string>, accept = '*/*'): Promise<Response> {
  return fetch(`${http.url}/graphql?${new URLSearchParams(params).toString()}`, { headers: { accept } });
}

const query = '{ __typename }';

describe('parameters of a GET', () => {
  const malformed = ['{bad', '{"a":1', 'nonsense', '[]', '1', '"x"', '{"a":undefined}', '\0'];

  it.each(malformed.flatMap((text) => [{ variables: text }, { extensions: text }]))(
    'get 400 if they are malformed: %s',
    async (params) => {
      for (const accept of accepts) {
        const response = await get({ query, ...params }, accept);
        expect([accept, response.status]).toEqual([accept, 400]);
        expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
      }
    },
  );

  it.each([{}, { variables: '' }, { variables: 'null' }, { extensions: '' }, { extensions: 'null' }])(
    'may be absent, empty or null: %j',
    async (params) => {
      expect(await (await get({ query, ...params })).json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it('must have a query', async () => {
    for (const accept of accepts) {
      const response = await get({ operationName: 'A' }, accept);
      expect([accept, response.status]).toEqual([accept, 400]);
    }
  });
});

describe('an empty operation name', () => {
  const named = 'query Only { __typename }';

  it('counts as none by POST, GET and as a stream', async () => {
    for (const accept of accepts)
      for (const operationName of ['', null]) {
        const posted = await http.post({ query: named, operationName }, { accept });
        expect(posted.status).toBe(200);
        expect(await posted.text()).toContain('{"data":{"__typename":"Query"}}');
      }
    const got = await get({ query: named, operationName: '' });
    expect(await got.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('counts as none over a WebSocket', async () => {
    const raw = await RawSocket.init(http.port);
    const payload = { query: named, operationName: '' };
    raw.send({ id: '1', type: 'subscribe', payload });
    expect(await raw.next()).toMatchObject({
      id: '1',
      type: 'next',
      payload: { data: { __typename: 'Query' } },
    });
    raw.socket.close();
  });

  it('counts as none for a subscription, which is shared with those that name none', async () => {
    const watch = `subscription Watch { seatUpdates(eventId: "${http.eventId}") { __typename } }`;
    const leaving = new AbortController();
    const stream = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: watch, operationName: '' }),
      signal: leaving.signal,
    });
    expect(stream.status).toBe(200);
    leaving.abort();
    const raw = await RawSocket.init(http.port);
    raw.send({ id: '1', type: 'subscribe', payload: { query: watch, operationName: '' } });
    expect(await raw.next()).toMatchObject({ payload: { data: { seatUpdates: {} } } });
    raw.socket.close();
  });

  it('does not choose among several operations', async () => {
    const several = 'query A { __typename } query B { __typename }';
    const response = await http.post(
      { query: several, operationName: '' },
      { accept: 'application/graphql-response+json' },
    );
    expect(response.status).toBe(400);
  });
});

describe('an unknown parameter', () => {
  const unknown = { query, id: 'x', doc_id: 1, operationId: 'abc', debug: { a: [1] }, __proto__x: null };

  it('is ignored in a body', async () => {
    for (const accept of accepts) {
      const response = await http.post(unknown, { accept });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('{"data":{"__typename":"Query"}}');
    }
    const text = '{"query":"{ __typename }","__proto__":{"query":1},"constructor":1}';
    expect(await (await http.post(text)).json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('is ignored in a query string', async () => {
    expect(await (await get({ query, utm_source: 'x', id: '1' })).json()).toEqual({
      data: { __typename: 'Query' },
    });
  });

  it('is ignored over a WebSocket', async () => {
    const raw = await RawSocket.init(http.port);
    raw.send({ id: '1', type: 'subscribe', payload: unknown });
    expect(await raw.next()).toMatchObject({ id: '1', payload: { data: { __typename: 'Query' } } });
    raw.socket.close();
  });
});

describe('a persisted query', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
  const answer = {
    errors: [
      { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    ],
  };

  it('without its text gets an error that makes clients send it', async () => {
    for (const accept of accepts) {
      const posted = await http.post({ operationName: 'A', variables: {}, extensions }, { accept });
      expect([accept, posted.status]).toEqual([accept, 200]);
      expect(await posted.json()).toMatchObject(answer);
      const got = await get({ extensions: JSON.stringify(extensions) }, accept);
      expect(await got.json()).toMatchObject(answer);
      expect(got.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('with its text is executed', async () => {
    const response = await http.post({ query, extensions });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
