import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MemoryBudget } from '../../../src/transport/memory-budget.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { pause } from '../../support/pause.ts';
import { rawExchange, RawSocket, refusalOf, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { valueOf } from '../fanout/shared.fixture.ts';

const TCP_MAX = 40;
const watch = 'subscription($e: ID!) { seatUpdates(eventId: $e) { __typename } }';
const upgrade = [
  'GET /graphql HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n');

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({
    TCP_CONNECTIONS_PER_ADDRESS_MAX: String(TCP_MAX),
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: String(5 * 1024 * 1024),
    CLIENT_MEMORY_BYTES_MAX: String(6 * 1024 * 1024),
    SOCKET_OPERATIONS_MAX: '200',
    SOCKET_MESSAGES_PER_SECOND_MAX: '1000',
  });
});
afterAll(() => http.close());

const objects = (count: number) => Array.from({ length: count }, () => ({}));
const keptBytes = () => valueOf(metrics.clientMemoryBytes);

describe('a message that is nested too deeply', () => {
  it.each(['ping', 'pong', 'connection_init', 'subscribe', 'complete'])(
    'closes its socket with 4400 and harms nobody else: %s',
    async (type) => {
      const raw = await RawSocket.init(http.port);
      const honest = await RawSocket.init(http.port);
      const deep = `{"query":"{a}","a":${'['.repeat(4_500)}${']'.repeat(4_500)}}`;
      raw.socket.send(`{"id":"1","type":"${type}","payload":${deep}}`);
      expect(await raw.closed).toBe(4400);
      honest.subscribe('1', '{ __typename }');
      expect(await honest.next()).toMatchObject({ payload: { data: { __typename: 'Query' } } });
      honest.socket.close();
    },
  );
});

describe('data that a client sent and no operation needs', () => {
  it('is not kept by its subscriptions', async () => {
    const raw = await RawSocket.init(http.port, { large: objects(3_000) });
    const junk = objects(5_300);
    for (let i = 0; i < 50; i++)
      raw.send({
        id: String(i),
        type: 'subscribe',
        payload: { query: watch, variables: { e: http.eventId, junk }, extensions: { junk } },
      });
    for (const message of await raw.take(50)) expect(message).toMatchObject({ type: 'next' });
    // The socket, the document once, and thirteen kibibytes for each subscription.
    expect(await keptBytes()).toBeLessThan(800_000);
    raw.socket.close();
    await eventually('nothing is kept', async () => (await keptBytes()) === 0);
  });
});

describe('memory that operations keep', () => {
  /** Starts a subscription with a unique document of about a hundred kilobytes. */
  const large = (i: number) =>
    `subscription($e: ID!) { seatUpdates(eventId: $e) { ... on SeatsChanged { x${i}: version ${'version @skip(if: false) '.repeat(40)} } } }`;

  it('is limited for a socket and an address', async () => {
    const sockets = await Promise.all(Array.from({ length: 6 }, () => RawSocket.init(http.port)));
    let number = 0;
    const fill = async (raw: RawSocket) => {
      for (;;) {
        raw.subscribe(String(++number), large(number), { e: http.eventId });
        const answer = await raw.next();
        if (answer['type'] === 'error') return answer['payload'] as { message: string }[];
      }
    };
    const [first, ...others] = sockets;
    expect(await fill(first as RawSocket)).toMatchObject(
      [{ message: /this connection/, extensions: { code: 'RATE_LIMITED' } }].map(({ message, ...rest }) => ({
        ...rest,
        message: expect.stringMatching(message) as string,
      })),
    );
    const refusals: string[] = [];
    for (const raw of others) refusals.push((await fill(raw))[0]?.message ?? '');
    expect(refusals.at(-1)).toContain('this address');
    // The same address over HTTP, while its memory is used up.
    const refused = await http.post({
      query: `query($e: ID!) { event(id: $e) { id } }`,
      variables: { e: 'x'.repeat(60_000) },
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    for (const raw of sockets) raw.socket.close();
    await eventually('nothing is kept', async () => (await keptBytes()) === 0);
    const taken = await http.post({ query: '{ __typename }' });
    expect(taken.status).toBe(200);
  });
});

describe('a client that leaves', () => {
  it('while its token is checked keeps no memory', async () => {
    const checked = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    const spy = vi.spyOn(http.context.identity, 'authenticate').mockImplementation(() => {
      asked.resolve();
      return checked.promise;
    });
    const leaving = new AbortController();
    const closed = await valueOf(metrics.httpRequests);
    const answer = fetch(`${http.url}/graphql?query={__typename}`, {
      headers: { authorization: 'Bearer x' },
      signal: leaving.signal,
    });
    await asked.promise;
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
    await eventually('it is closed', async () => (await valueOf(metrics.httpRequests)) > closed);
    const viewer = { userId: '00000000-0000-4000-8000-000000000000', role: 'BUYER' };
    checked.resolve({ ...viewer, expiresAtMs: Date.now() + 60_000 } as never);
    // A second request with the same check: when it is answered, the first has continued.
    await http.post({ query: '{ __typename }' }, { authorization: 'Bearer y' });
    spy.mockRestore();
    expect(await keptBytes()).toBe(0);
  });

  it('is counted with what its response takes until it has read it', async () => {
    const add = vi.spyOn(MemoryBudget.prototype, 'add');
    const answer = await http.post({ query: '{ __schema { types { name description fields { name } } } }' });
    const { length } = await answer.text();
    expect(add.mock.calls).toEqual([['127.0.0.1', length]]);
    add.mockRestore();
    await eventually('nothing is kept', async () => (await keptBytes()) === 0);
  });

  it('does not read its responses is cut off', async () => {
    const slow = await startHttp({ HTTP_INACTIVITY_SECONDS: '1' });
    // A short document, so that only the response can take this much memory.
    const introspection = JSON.stringify({
      query:
        '{ __schema { types { name description fields { name description args { name description } } } } }',
    });
    const request = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${introspection.length}\r\n\r\n${introspection}`;
    const socket = connect(slow.port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    // More than the buffers of both kernels hold.
    socket.write(request.repeat(200));
    await eventually('requests are under way', async () => (await keptBytes()) > 50_000);
    // Between two responses there is nothing for a moment, too.
    let empty = 0;
    for (let polls = 0; polls < 800 && empty < 20; polls++) {
      await pause(10);
      empty = (await keptBytes()) === 0 ? empty + 1 : 0;
    }
    socket.destroy();
    await slow.close();
    expect(empty).toBe(20);
  });
});

describe('sockets', () => {
  it('take memory themselves, and are refused if there is none left', async () => {
    const small = await startHttp({ CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: String(1024 * 1024) });
    const sockets: RawSocket[] = [];
    // Twenty kibibytes each.
    while (sockets.length < 51) sockets.push(await RawSocket.open(small.port));
    expect(await refusalOf(small.port, '/graphql')).toBe(429);
    sockets.pop()?.socket.close();
    await eventually('there is room again', async () => {
      const health = await small.post({ query: '{ __typename }' });
      return health.status === 200;
    });
    for (const { socket } of sockets) socket.close();
    await small.close();
  });
});

describe('an unfinished message', () => {
  it('of too many fragments closes the socket', async () => {
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 70; i++) raw.socket.send('{', { fin: false });
    expect(await raw.closed).toBe(1008);
  });

  it('that comes byte by byte closes the socket', async () => {
    const raw = await RawSocket.init(http.port);
    const { _socket: stream } = raw.socket as unknown as { readonly _socket: Socket };
    // A masked frame of 1,000 bytes.
    stream.write(Buffer.from([0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0]));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 400 && raw.socket.readyState === raw.socket.OPEN; i++) {
      await new Promise((resolve) => stream.write('a', resolve));
      // Both ends are in this process, so the server has read it now.
      await turn();
      await turn();
    }
    expect(await raw.closed).toBe(1008);
  });
});

describe('connections', () => {
  it('whose peer ignores that they are closed are destroyed', async () => {
    const socket = connect(http.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('data', () => undefined);
    // A masked text message that is not JSON is answered with a close frame.
    socket.write(upgrade);
    await once(socket, 'data');
    socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(12_000) });
    await expect(closed).resolves.toEqual([false]);
  });

  it('of one address are limited, including idle ones', async () => {
    const answers: string[] = [];
    const idle = Array.from({ length: TCP_MAX + 5 }, () => connect(http.port, '127.0.0.1'));
    const ends = idle.map((socket) => {
      socket.on('data', (data) => answers.push(data.toString()));
      socket.on('error', () => undefined);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await eventually('the last five are refused', () => answers.length >= 5);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 429 [^]*Retry-After: 10/);
    for (const socket of idle) socket.destroy();
    await Promise.all(ends);
    await eventually('there is room again', async () =>
      (await rawExchange(http.port, 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).includes(
        '200 OK',
      ),
    );
  });

  it('of trusted proxies are not limited', async () => {
    const behind = await startHttp({ TRUSTED_PROXIES: '127.0.0.1', TCP_CONNECTIONS_PER_ADDRESS_MAX: '2' });
    const open = Array.from({ length: 10 }, () => connect(behind.port, '127.0.0.1'));
    await Promise.all(open.map((socket) => once(socket, 'connect')));
    expect((await fetch(`${behind.url}/health`)).status).toBe(200);
    for (const socket of open) socket.destroy();
    await behind.close();
  });
});
