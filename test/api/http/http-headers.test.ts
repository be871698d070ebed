import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { rawExchange, startHttp, type HttpFixture } from './http.fixture.ts';

const ORIGIN = 'https://tickets.example.com';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ CORS_ORIGINS: ORIGIN, CORS_ALLOWED_HEADERS: 'X-My-Shop, x-my-release' });
});
afterAll(() => http.close());

describe('headers of an event stream', () => {
  it('are the same for a shared stream, and leave the connection to the server', async () => {
    const request = (query: string) => {
      const body = JSON.stringify({ query });
      const lines = [
        'POST /graphql HTTP/1.1',
        'Host: x',
        'Accept: text/event-stream',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
      ];
      return `${lines.join('\r\n')}\r\n\r\n${body}`;
    };
    // A query is never shared.
    const answer = await rawExchange(http.port, request('{ __typename }'));
    const [head = '', body] = answer.split('\r\n\r\n', 2);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head.toLowerCase()).toContain('content-type: text/event-stream');
    expect(head.match(/^connection:.*$/gim)).toEqual(['Connection: close']);
    expect(head).not.toMatch(/^(?:content-encoding|keep-alive):/im);
    expect(body).toContain('event: next');
  });
});

describe('Vary', () => {
  it.each([`/events/%ID%/seat-map`, '/layouts/', '/graphql'])(
    'names the origin if responses depend on it: %s',
    async (path) => {
      const layout = (await http.context.eventLayouts.path(http.hall.eventId)) ?? '';
      const target = path === '/layouts/' ? layout : path.replace('%ID%', encodeURIComponent(http.eventId));
      const response = await fetch(`${http.url}${target}`, {
        headers: { origin: ORIGIN, accept: 'text/html' },
      });
      await response.arrayBuffer();
      expect(response.status).toBe(200);
      const vary = response.headers.get('vary')?.split(/,\s*/) ?? [];
      expect(vary).toEqual(expect.arrayContaining(['origin', 'accept-encoding']));
    },
  );
});

describe('cross-origin requests', () => {
  it('may send the headers of clients, of tracing and of the settings', async () => {
    const wanted = [
      'accept authorization content-type last-event-id x-my-shop x-my-release',
      'if-match if-modified-since if-none-match',
      'traceparent tracestate baggage x-request-id',
      'apollo-require-preflight apollographql-client-name apollographql-client-version',
      'x-apollo-operation-id x-apollo-operation-name',
    ].flatMap((names) => names.split(' '));
    const preflight = await fetch(`${http.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': wanted.toSorted().join(','),
      },
    });
    expect(preflight.status).toBe(204);
    const allowed = preflight.headers.get('access-control-allow-headers')?.split(', ') ?? [];
    expect(allowed).toEqual(expect.arrayContaining(wanted));
    expect(new Set(allowed).size).toBe(allowed.length);
  });

  it('expose the headers that clients use', async () => {
    const { headers } = await fetch(`${http.url}/health`, { headers: { origin: ORIGIN } });
    expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['date', 'etag', 'retry-after', 'www-authenticate', 'x-request-id']),
    );
  });

  it('cannot be configured with invalid header names', () => {
    const given = { DATABASE_URL: 'postgresql://x', REDIS_URL: 'redis://x', AUTH_SECRET: 'x'.repeat(32) };
    for (const text of ['x y', 'x:y', 'x\r\ny'])
      expect(() => loadConfig({ ...given, CORS_ALLOWED_HEADERS: text })).toThrow(
        /^.*\n {2}CORS_ALLOWED_HEADERS: /,
      );
  });
});
