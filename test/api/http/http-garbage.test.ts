import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawExchange, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

// Vitest fails on an unhandled rejection or exception, which would end the process of a server.
async function stillServes(): Promise<boolean> {
  const answer = await http.post({ query: '{events(first:1){totalCount}}' });
  return (await answer.text()) === '{"data":{"events":{"totalCount":1}}}';
}

const upgrade = (lines: readonly string[]) =>
  ['GET /graphql HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', ...lines, '', ''].join(
    '\r\n',
  );
const handshake = [
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
];

describe('invalid input', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
    ['a TLS handshake', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), /^HTTP\/1\.1 400/],
    [
      'headers of a megabyte',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(1024 * 1024)}\r\n\r\n`,
      /^HTTP\/1\.1 431|^$/,
    ],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
    ['an upgrade without a key', upgrade(['Sec-WebSocket-Version: 13']), /^HTTP\/1\.1 400/],
    [
      'an upgrade of another version',
      upgrade(['Sec-WebSocket-Version: 7', ...handshake.slice(1)]),
      /^HTTP\/1\.1 4/,
    ],
    ['an upgrade with an origin that is none', upgrade([...handshake, 'Origin: ://']), /^HTTP\/1\.1 403/],
    ['an upgrade to a path that is none', upgrade(handshake).replace('/graphql', '//[::'), /^HTTP\/1\.1 404/],
    ['frames without a mask', `${upgrade(handshake)}\u0081\u0005hello`, /^HTTP\/1\.1 101/],
    [
      'reserved bits',
      Buffer.concat([Buffer.from(upgrade(handshake)), Buffer.from([0xf1, 0x80, 0, 0, 0, 0])]),
      /^HTTP\/1\.1 101/,
    ],
    [
      'text that is no UTF-8',
      Buffer.concat([Buffer.from(upgrade(handshake)), Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe])]),
      /^HTTP\/1\.1 101/,
    ],
  ])('%s', async (_name, bytes, answer) => {
    expect(await rawExchange(http.port, bytes)).toMatch(answer);
    expect(await stillServes()).toBe(true);
  });

  it('targets that are not paths', async () => {
    for (const target of [
      '*',
      'http://[',
      '//',
      '/%',
      '/graphql?%',
      '/graphql?query=%00',
      '/layouts/%2e%2e/x',
      '/graphiql/../../x',
    ]) {
      const answer = await rawExchange(
        http.port,
        `GET ${target} HTTP/1.1\r\nHost: \r\nAccept: application/graphql-response+json\r\nConnection: close\r\n\r\n`,
      );
      expect(`${target}: ${answer}`).toMatch(/^\S+: HTTP\/1\.1 4/);
    }
    expect(await stillServes()).toBe(true);
  });

  it('bodies and connections that are cut off', async () => {
    const head =
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
    for (const bytes of [head, `${head}{"query"`, 'GET /graphql HTT', upgrade(handshake)]) {
      const socket = connect(http.port, '127.0.0.1');
      await once(socket, 'connect');
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect(await stillServes()).toBe(true);
  });

  it.each([
    ['null', 'null', 400],
    ['a number', '1', 400],
    ['no query', '{}', 400],
    ['a query that is none', '{"query":{"a":1}}', 400],
    ['variables that are none', '{"query":"{__typename}","variables":"x"}', 400],
    ['broken JSON', '{"query":', 400],
    [
      'deep JSON',
      `{"query":"{__typename}","variables":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      200,
    ],
    ['keys of prototypes', '{"query":"{__typename}","variables":{"__proto__":{"x":1}},"__proto__":1}', 200],
  ])('a body of %s', async (_name, body, status) => {
    const answer = await http.post(body, { accept: 'application/graphql-response+json' });
    expect([status, 400]).toContain(answer.status);
    expect(await answer.text()).not.toMatch(/node_modules|\bat \w+ \(/);
    expect(await stillServes()).toBe(true);
  });

  it('random bytes, a hundred times', async () => {
    for (let i = 0; i < 100; i++) {
      const prefix = i % 2 === 0 ? '' : upgrade(handshake);
      const socket = connect(http.port, '127.0.0.1');
      socket.on('error', () => undefined).on('data', () => undefined);
      const hungUp = new Promise((resolve) => socket.once('close', resolve));
      await once(socket, 'connect');
      socket.end(Buffer.concat([Buffer.from(prefix), randomBytes(200)]));
      await hungUp;
    }
    expect(await stillServes()).toBe(true);
  });

  it('senders that are too slow, with headers or with a body', async () => {
    const start = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const answers = await Promise.all([
      rawExchange(http.port, start),
      rawExchange(http.port, `${start}Content-Length: 100\r\n\r\n{`),
      rawExchange(http.port, `${start}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(await stillServes()).toBe(true);
  });
});
