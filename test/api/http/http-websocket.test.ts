import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { RawSocket, refusalOf, startHttp, type HttpFixture } from './http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({
    CORS_ORIGINS: 'https://tickets.example.com',
    CONNECTIONS_PER_ADDRESS_MAX: '20',
  });
});
afterAll(() => http.close());

const watch = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';

/** Counts the feeds in use. */
function countFeeds() {
  const counts = { open: 0 };
  const { feeds } = http.context;
  const acquire = feeds.acquire.bind(feeds);
  const spy = vi.spyOn(feeds, 'acquire').mockImplementation(async (eventId) => {
    const { feed, release } = await acquire(eventId);
    counts.open++;
    return {
      feed,
      release() {
        counts.open--;
        release();
      },
    };
  });
  return { counts, [Symbol.dispose]: () => spy.mockRestore() };
}

describe('upgrades', () => {
  it('are refused for foreign origins and unknown paths', async () => {
    expect(await refusalOf(http.port, '/graphql', { origin: 'https://evil.example.com' })).toBe(403);
    expect(await refusalOf(http.port, '/graphql', { origin: 'null' })).toBe(403);
    expect(await refusalOf(http.port, '/graphql', { origin: `http://127.0.0.1:${http.port + 1}` })).toBe(403);
    expect(await refusalOf(http.port, '/elsewhere')).toBe(404);
  });

  it.each([
    ['none', {}],
    ['a configured origin', { origin: 'https://tickets.example.com' }],
  ])('are served with %s', async (_name, options) => {
    const raw = await RawSocket.init(http.port, undefined, options);
    raw.socket.close();
    expect(await raw.closed).toBe(1005);
  });

  it('are accepted from the server’s own origin', async () => {
    const raw = await RawSocket.init(http.port, undefined, { origin: http.url });
    raw.socket.close();
    expect(await raw.closed).toBe(1005);
  });

  it('are limited by address, and free again afterwards', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => RawSocket.open(http.port)));
    expect(await refusalOf(http.port, '/graphql')).toBe(429);
    for (const raw of sockets) raw.socket.terminate();
    await eventually('a place is free again', async () => {
      try {
        const raw = await RawSocket.init(http.port);
        raw.socket.terminate();
        return true;
      } catch {
        return false;
      }
    });
  });
});

describe('connection_init', () => {
  it.each([
    ['bare', ''],
    ['with Bearer', 'Bearer '],
  ])('accepts a token %s', async (_name, prefix) => {
    const raw = await RawSocket.init(http.port, { authorization: `${prefix}${await http.token()}` });
    raw.subscribe('1', '{viewer{id}}');
    expect(await raw.next()).toMatchObject({
      type: 'next',
      payload: { data: { viewer: { id: expect.any(String) as string } } },
    });
    raw.socket.close();
  });

  it('has ten seconds, must be the first message, and is sent once', async () => {
    const late = await RawSocket.open(http.port);
    const hasty = await RawSocket.open(http.port);
    hasty.subscribe('1', '{__typename}');
    const twice = await RawSocket.init(http.port);
    twice.send({ type: 'connection_init' });
    expect(await Promise.all([hasty.closed, twice.closed, late.closed])).toEqual([4401, 4429, 4408]);
  });

  it('requires graphql-transport-ws', async () => {
    const raw = await RawSocket.open(http.port, { protocol: 'graphql-ws' }).catch(() => null);
    expect(raw).toBeNull();
  });
});

describe('operations', () => {
  it('pass the same limits and masking as over HTTP', async () => {
    const raw = await RawSocket.init(http.port);
    const aliases = Array.from({ length: 300 }, (_, i) => `a${i}:startGuestSession{token}`).join(' ');
    raw.subscribe('many', `mutation{${aliases}}`);
    expect(await raw.next()).toMatchObject({
      id: 'many',
      type: 'error',
      payload: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
    });
    raw.subscribe('bad', '{');
    expect(await raw.next()).toMatchObject({ id: 'bad', type: 'error' });
    raw.subscribe('wrong', '{nothing}');
    const wrong = await raw.next();
    expect(wrong).toMatchObject({ id: 'wrong', type: 'error' });
    expect(JSON.stringify(wrong)).not.toContain('"http"');
    raw.socket.close();
  });

  it('are a hundred at most on one socket', async () => {
    using feeds = countFeeds();
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 101; i++) raw.subscribe(String(i), watch, { e: http.eventId });
    const answers = await raw.take(101);
    expect(answers.filter(({ type }) => type === 'next')).toHaveLength(100);
    expect(answers.filter(({ type }) => type === 'error')).toMatchObject([
      { id: '100', payload: [{ extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    raw.socket.terminate();
    await eventually('all feeds are released', () => feeds.counts.open === 0);
  });

  it('of subscriptions take little memory', async () => {
    const raw = await RawSocket.init(http.port);
    const refused = { type: 'error', payload: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] };
    const fields = Array.from({ length: 300 }, (_, i) => `a${i % 10}: __typename`).join(' ');
    raw.subscribe('document', `subscription($e: ID!) { seatUpdates(eventId: $e) { ${fields} } }`, {
      e: http.eventId,
    });
    expect(await raw.next()).toMatchObject({ id: 'document', ...refused });
    raw.send({
      id: 'variables',
      type: 'subscribe',
      payload: { query: watch, variables: { e: 'x'.repeat(60_000) } },
    });
    expect(await raw.next()).toMatchObject({ id: 'variables', type: 'next' });
    raw.socket.close();
  });

  it('end when they are completed, and when the socket breaks', async () => {
    using feeds = countFeeds();
    const raw = await RawSocket.init(http.port);
    raw.subscribe('1', watch, { e: http.eventId });
    raw.subscribe('2', watch, { e: http.eventId });
    await raw.next();
    await raw.next();
    expect(feeds.counts.open).toBe(2);
    raw.send({ id: '1', type: 'complete' });
    await eventually('one feed is released', () => feeds.counts.open === 1);
    // Before it has started: it must leave nothing behind.
    raw.subscribe('3', watch, { e: http.eventId });
    raw.send({ id: '3', type: 'complete' });
    raw.subscribe('4', watch, { e: http.eventId });
    raw.socket.terminate();
    await eventually('all feeds are released', () => feeds.counts.open === 0);
  });
});

describe('invalid input', () => {
  it.each([
    ['no JSON', 'nonsense', 4400],
    ['an unknown message', '{"type":"dance"}', 4400],
    ['a frame of 70 kB', `{"type":"ping","payload":{"x":"${'a'.repeat(70_000)}"}}`, 1009],
    ['a message that only a server sends', '{"type":"connection_ack"}', 4400],
    ['an answer', '{"id":"1","type":"next","payload":{"data":null}}', 4400],
    ['an error', '{"id":"1","type":"error","payload":[{"message":"no"}]}', 4400],
    [
      'an id of 129 bytes',
      `{"id":"${'x'.repeat(129)}","type":"subscribe","payload":{"query":"{__typename}"}}`,
      4400,
    ],
    ['a binary frame', Buffer.from([1, 2, 3]), 1003],
  ])('closes the socket: %s', async (_name, data, code) => {
    const raw = await RawSocket.init(http.port);
    raw.socket.send(data);
    expect(await raw.closed).toBe(code);
  });

  it('closes the socket: a flood', async () => {
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 1_000; i++) raw.send({ type: 'pong' });
    expect(await raw.closed).toBe(4429);
  });

  it('closes the socket: a message of very many fragments', async () => {
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 20_000; i++) raw.socket.send('', { fin: false });
    expect(await raw.closed).toBe(1008);
  });

  it('closes the socket: a duplicate ID of any length', async () => {
    const raw = await RawSocket.init(http.port);
    // It makes the reason longer than a close frame permits.
    const id = 'x'.repeat(128);
    raw.subscribe(id, watch, { e: http.eventId });
    raw.subscribe(id, watch, { e: http.eventId });
    expect(await raw.closed).toBe(4409);
  });
});
