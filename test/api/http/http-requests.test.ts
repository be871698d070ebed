import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawExchange, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ CORS_ORIGINS: 'https://tickets.example.com' });
});
afterAll(() => http.close());

/** Returns the encoded body, which fetch would decode. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const req = request(`${http.url}${path}`, { method, headers }).end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  return { status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks) };
}

describe('routes', () => {
  it('reports that it is alive and ready', async () => {
    expect(await (await fetch(`${http.url}/health`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${http.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', degraded: [], mode: 'NORMAL', database: 'ok', redis: 'ok', draining: false },
    ]);
  });

  it('lists events on sale on the page for developers, escaped', async () => {
    await http.context.database.reads.event.update({
      where: { id: http.hall.eventId },
      data: { name: '<script>alert("1")</script>' },
    });
    const page = await (await fetch(`${http.url}/developers`)).text();
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(page).not.toContain('<script');
    expect(page).toContain('40 of 40');
    expect(page).toContain('href="/graphql"');
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('allows the style of the page for developers', async () => {
    const page = await fetch(`${http.url}/developers`);
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(await page.text()) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
  });

  it('answers 404 for an unknown path, and 405 for an unsupported method', async () => {
    expect((await fetch(`${http.url}/nothing`)).status).toBe(404);
    const refused = await fetch(`${http.url}/health`, { method: 'DELETE' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it.each(['/', '/developers', '/health', '/ready', '/graphql?query={__typename}'])(
    'answers HEAD %s without a body',
    async (path) => {
      const { status, body } = await get(path, {}, 'HEAD');
      expect([status, body.length]).toEqual([200, 0]);
    },
  );

  it('forbids sniffing, framing, referrers and foreign hosts', async () => {
    for (const [path, accept] of [
      ['/', 'text/html'],
      ['/developers', 'text/html'],
      ['/graphql', 'text/html'],
      ['/health', '*/*'],
    ] as const) {
      const { headers } = await get(path, { accept });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
      expect(headers['content-security-policy']).not.toMatch(/https?:|\*/);
    }
  });
});

describe('offers of another protocol', () => {
  const offer = ['Host: x', 'Connection: Upgrade, HTTP2-Settings, close', 'HTTP2-Settings: AAMAAABkAAQ'];

  it.each(['h2c', 'h2c, websocket', 'TLS/1.2'])('are ignored: %s', async (protocol) => {
    const headers = [...offer, `Upgrade: ${protocol}`].join('\r\n');
    const health = await rawExchange(http.port, `GET /health HTTP/1.1\r\n${headers}\r\n\r\n`);
    expect(health).toMatch(/^HTTP\/1\.1 200 [^]*\{"status":"ok"\}$/);
    const body = '{"query":"{__typename}"}';
    const lines = [headers, 'Content-Type: application/json', `Content-Length: ${body.length}`].join('\r\n');
    const answer = await rawExchange(http.port, `POST /graphql HTTP/1.1\r\n${lines}\r\n\r\n${body}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\{"data":\{"__typename":"Query"\}\}$/);
  });
});

describe('layouts', () => {
  it('are immutable, compressed, and have an entity tag', async () => {
    const path = (await http.context.eventLayouts.path(http.hall.eventId)) ?? '';
    const plain = await get(path);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(JSON.parse(plain.body.toString())).toMatchObject({ eventId: http.eventId });
    const gzip = await get(path, { 'accept-encoding': 'gzip' });
    const br = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
    expect([gzip.headers['content-encoding'], br.headers['content-encoding']]).toEqual(['gzip', 'br']);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
    const tag = br.headers.etag ?? '';
    const again = await get(path, { 'accept-encoding': 'br', 'if-none-match': tag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const refusesBr = await get(path, { 'accept-encoding': 'br;q=0, identity' });
    expect(refusesBr.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    '/layouts/',
    '/layouts/1',
    '/layouts/1/x.json',
    '/layouts/9999999999/AAAAAAAAAAAAAAAAAAAAAA.json',
    '/layouts/1/AAAAAAAAAAAAAAAAAAAAAA.json',
  ])('are not found at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe('GraphiQL', () => {
  it('is a small page with examples, and its large parts are cached and compressed', async () => {
    const page = await get('/graphql', { accept: 'text/html' });
    const text = page.body.toString();
    expect(text).toContain(http.eventId);
    expect(text).toContain(http.seatId(0));
    expect(page.body.length).toBeLessThan(20_000);
    const script = /src="(\/graphiql\/[\w-]{22}\.js)"/.exec(text)?.[1] ?? '';
    const br = await get(script, { 'accept-encoding': 'br' });
    expect([br.status, br.headers['content-encoding']]).toEqual([200, 'br']);
    expect(br.headers['cache-control']).toContain('immutable');
    expect(br.body.length).toBeLessThan(3_000_000);
    const style = await get(/href="(\/graphiql\/[\w-]{22}\.css)"/.exec(text)?.[1] ?? '');
    // Tabs wrap in a narrow window.
    expect(style.body.toString()).toContain('.graphiql-tabs { flex-wrap: wrap;');
    const again = await get('/graphql', { accept: 'text/html', 'if-none-match': page.headers.etag ?? '' });
    expect(again.status).toBe(304);
    expect((await get('/graphiql/other.js')).status).toBe(404);
  });
});

describe('cross-origin requests', () => {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };

  it('are limited to configured origins', async () => {
    const ours = await get('/graphql', { origin: 'https://tickets.example.com', ...preflight }, 'OPTIONS');
    expect([ours.status, ours.headers['access-control-allow-origin']]).toEqual([
      204,
      'https://tickets.example.com',
    ]);
    expect(ours.headers['access-control-allow-headers']).toContain('authorization');
    const foreign = await get('/graphql', { origin: 'https://evil.example.com', ...preflight }, 'OPTIONS');
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    const read = await get('/graphql?query={__typename}', { origin: 'https://evil.example.com' });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('bodies', () => {
  it('of more than 256 KiB are refused, with and without a length', async () => {
    const large = JSON.stringify({ query: '{__typename}', variables: { x: 'a'.repeat(256 * 1024) } });
    const announced = await http.post(large);
    expect([announced.status, await announced.json()]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] },
    ]);
    const chunked = await fetch(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it('of organizers may be larger', async () => {
    const large = JSON.stringify({ query: '{__typename}', variables: { x: 'a'.repeat(4 * 1024 * 1024) } });
    const buyers = await http.post(large, { authorization: `Bearer ${await http.token('BUYER')}` });
    const organizers = await http.post(large, { authorization: `Bearer ${await http.token('ORGANIZER')}` });
    expect([buyers.status, organizers.status]).toEqual([413, 200]);
  });

  it('contain one operation each', async () => {
    const batch = await http.post([{ query: '{__typename}' }, { query: '{__typename}' }]);
    expect(batch.status).toBe(400);
  });

  it('must not be compressed', async () => {
    expect((await http.post('x', { 'content-encoding': 'gzip' })).status).toBe(415);
  });
});

describe('the viewer', () => {
  const query = '{viewer{id}}';

  it('comes from the token', async () => {
    const mine = await http.post({ query }, { authorization: `Bearer ${await http.token()}` });
    expect(await mine.json()).toMatchObject({ data: { viewer: { id: expect.any(String) as string } } });
  });
});

describe('request IDs', () => {
  it('are the caller’s if valid, and generated otherwise', async () => {
    const given = await fetch(`${http.url}/health`, { headers: { 'x-request-id': 'trace-0123456789' } });
    expect(given.headers.get('x-request-id')).toBe('trace-0123456789');
    const insane = await fetch(`${http.url}/health`, { headers: { 'x-request-id': '"}{injected' } });
    expect(insane.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('appear in masked errors', async () => {
    const { reads } = http.context.database;
    await reads.$executeRawUnsafe('ALTER TABLE events RENAME TO events_away');
    try {
      const failed = await http.post(
        { query: '{events(first:1){totalCount}}' },
        { 'x-request-id': 'trace-of-a-failure' },
      );
      expect(await failed.json()).toMatchObject({
        errors: [
          {
            message: 'Unexpected error.',
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'trace-of-a-failure' },
          },
        ],
      });
      expect(await (await fetch(`${http.url}/developers`)).text()).toContain(
        'The list of events is temporarily unavailable',
      );
    } finally {
      await reads.$executeRawUnsafe('ALTER TABLE events_away RENAME TO events');
    }
  });
});
