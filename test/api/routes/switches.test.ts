import { describe, expect, it } from 'vitest';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';

const introspection = '{__schema{queryType{name}}}';

async function withHttp(env: Record<string, string>, work: (http: HttpFixture) => Promise<void>) {
  const http = await startHttp(env);
  try {
    await work(http);
  } finally {
    await http.close();
  }
}

const pageOf = (http: HttpFixture, path: string) =>
  fetch(`${http.url}${path}`, { headers: { accept: 'text/html' } });

describe('in production', () => {
  it('GraphiQL is not served, and the schema can still be read', async () => {
    await withHttp({ NODE_ENV: 'production' }, async (http) => {
      expect((await fetch(`${http.url}/graphiql/any.js`)).status).toBe(404);
      expect(String((await pageOf(http, '/graphql')).headers.get('content-type'))).not.toContain('html');
      expect(await (await pageOf(http, '/developers')).text()).not.toContain('GraphiQL');
      const schema = await http.post({ query: introspection });
      expect(await schema.json()).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
    });
  });
});

describe('elsewhere', () => {
  it('GraphiQL is served', async () => {
    await withHttp({}, async (http) => {
      expect(await (await pageOf(http, '/graphql')).text()).toContain('GraphiQL');
      expect(await (await pageOf(http, '/developers')).text()).toContain('GraphiQL');
    });
  });
});

describe('without introspection', () => {
  it.each([
    introspection,
    '{__type(name:"Query"){name}}',
    'query Q{...F} fragment F on Query{__schema{__typename}}',
  ])('%s is refused over HTTP, as an event stream and on a WebSocket', async (query) => {
    await withHttp({ INTROSPECTION: 'false' }, async (http) => {
      const refused = { errors: [{ message: expect.stringContaining('Introspection') as string }] };
      expect(await (await http.post({ query })).json()).toMatchObject(refused);
      const stream = await http.post({ query }, { accept: 'text/event-stream' });
      expect(await stream.text()).toContain('Introspection');
      const socket = await RawSocket.init(http.port);
      socket.subscribe('1', query);
      expect(await socket.next()).toMatchObject({
        type: 'error',
        payload: [{ message: expect.stringContaining('Introspection') as string }],
      });
      socket.socket.terminate();
    });
  });

  it('__typename and everything else can still be read', async () => {
    await withHttp({ INTROSPECTION: 'false' }, async (http) => {
      const answer = await http.post({ query: '{__typename events(first:1){__typename}}' });
      expect(await answer.json()).toEqual({
        data: { __typename: 'Query', events: { __typename: 'EventConnection' } },
      });
    });
  });
});
