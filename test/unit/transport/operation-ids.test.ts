import { buildSchema, parse } from 'graphql';
import { makeServer } from 'graphql-ws';
import { expect, it } from 'vitest';
import { OperationIds } from '../../../src/transport/websocket/operation-ids.ts';

const schema = buildSchema('type Query { a: Int } type Subscription { a: Int }');
const message = (type: string, id: string) =>
  JSON.stringify({ id, type, ...(type === 'subscribe' ? { payload: { query: 'subscription { a }' } } : {}) });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Of graphql-ws, whose every message is on its way until it is let go. Each subscription counts from a hundred of its own on. */
async function open() {
  const ids = new OperationIds();
  const told: unknown[] = [];
  const onTheirWay: (() => void)[] = [];
  let subscriptions = 0;
  let handle: (text: string) => Promise<void> = () => Promise.reject(new Error('not open'));
  makeServer({
    onSubscribe: (_context, id) => ({
      schema,
      document: parse((ids.takeParams(id) as { readonly query: string }).query),
    }),
    async *subscribe() {
      const first = 100 * ++subscriptions;
      for (let a = first; a < first + 50; a++) yield await Promise.resolve({ data: { a } });
    },
  }).opened(
    {
      protocol: 'graphql-transport-ws',
      close: (code) => void told.push(code),
      send(text) {
        const out = ids.outgoing(text);
        if (out === null) return;
        told.push(JSON.parse(out));
        return new Promise((resolve) => onTheirWay.push(resolve));
      },
      onMessage: (callback) => void (handle = callback),
    },
    {},
  );
  const take = (text: string) => {
    const taken = ids.incoming(text);
    if (taken !== null && !('code' in taken)) void handle(JSON.stringify(taken));
    return taken;
  };
  const letGo = async () => {
    for (const go of onTheirWay.splice(0)) go();
    await turn();
  };
  take('{"type":"connection_init"}');
  await letGo();
  expect(told.splice(0)).toEqual([{ type: 'connection_ack' }]);
  return { take, told, letGo };
}

const next = (a: number) => ({ id: 'x', type: 'next', payload: { data: { a } } });

it('an ID can be reused at once, even if the operation before it has not ended', async () => {
  const { take, told, letGo } = await open();
  take(message('subscribe', 'x'));
  await turn();
  expect(told.splice(0)).toEqual([next(100)]);
  // The first message of the old operation is still in transit.
  take(message('complete', 'x'));
  take(message('subscribe', 'x'));
  await turn();
  for (let a = 200; a < 205; a++) {
    expect(told.splice(0)).toEqual([next(a)]);
    await letGo();
  }
  take(message('complete', 'x'));
  told.splice(0);
  for (let i = 0; i < 5; i++) await letGo();
  expect(told).toEqual([]);
});

it('an ID is in use until either side completes its operation', () => {
  const ids = new OperationIds();
  expect(ids.incoming(message('subscribe', 'x'))).toMatchObject({ id: '1', type: 'subscribe' });
  expect(ids.incoming(message('subscribe', 'x'))).toMatchObject({ code: 4409 });
  expect(ids.incoming(message('complete', 'x'))).toEqual({ id: '1', type: 'complete' });
  expect(ids.incoming(message('complete', 'x'))).toBeNull();
  expect(ids.outgoing('{"id":"1","type":"next","payload":{}}')).toBeNull();
  for (const [number, type] of [
    ['2', 'complete'],
    ['3', 'error'],
  ] as const) {
    expect(ids.incoming(message('subscribe', 'x'))).toMatchObject({ id: number });
    expect(ids.outgoing(`{"id":"${number}","type":"next","payload":{}}`)).toBe(
      '{"id":"x","type":"next","payload":{}}',
    );
    expect(ids.incoming(message('subscribe', 'x'))).toMatchObject({ code: 4409 });
    expect(ids.outgoing(`{"id":"${number}","type":"${type}"}`)).toBe(`{"id":"x","type":"${type}"}`);
  }
  expect(ids.incoming(message('subscribe', 'x'))).toMatchObject({ id: '4' });
});

it('an ID is any text of up to 128 bytes, and is returned unchanged', () => {
  const ids = new OperationIds();
  for (const id of ['2', '"\\\n', '__proto__', 'é'.repeat(64)]) {
    const taken = ids.incoming(message('subscribe', id)) as { readonly id: string };
    expect(JSON.parse(ids.outgoing(`{"id":"${taken.id}","type":"complete"}`) ?? '')).toEqual({
      id,
      type: 'complete',
    });
  }
  expect(ids.incoming(message('subscribe', `${'é'.repeat(64)}e`))).toMatchObject({ code: 4400 });
});

it('a message without an ID is passed on unchanged', () => {
  const ids = new OperationIds();
  for (const text of ['{"type":"ping"}', '{"type":"pong","payload":{"id":"1"}}'])
    expect([ids.incoming(text), ids.outgoing(text)]).toEqual([JSON.parse(text), text]);
});

it('parameters are returned once, and not passed to graphql-ws', () => {
  const ids = new OperationIds();
  const payload = { query: 'subscription { a }', variables: { large: 'x'.repeat(1_000) } };
  const taken = ids.incoming(JSON.stringify({ id: 'x', type: 'subscribe', payload }));
  expect(taken).toEqual({ id: '1', type: 'subscribe', payload: { query: '' } });
  expect([ids.takeParams('1'), ids.takeParams('1')]).toEqual([payload, undefined]);
});

it('only the authorization of a connection is kept, unless it is too long for a token', () => {
  const ids = new OperationIds();
  const init = (payload: object) =>
    ids.incoming(JSON.stringify({ type: 'connection_init', payload })) as { readonly payload: unknown };
  expect(init({ authorization: 'Bearer x', large: ['x'] }).payload).toEqual({ authorization: 'Bearer x' });
  expect(init({ Authorization: 'Bearer x' }).payload).toEqual({ authorization: 'Bearer x' });
  expect(init({ large: {} }).payload).toEqual({});
  for (const authorization of ['x'.repeat(8_300), { deep: {} }, 1])
    expect(init({ authorization }).payload).toEqual({ authorization: false });
});

it.each(['ping', 'pong', 'connection_init', 'subscribe'])(
  'a %s that is nested too deeply is refused',
  (type) => {
    const deep = `{"query":"{a}","variables":{"a":${'['.repeat(4_500)}${']'.repeat(4_500)}}}`;
    expect(new OperationIds().incoming(`{"id":"1","type":"${type}","payload":${deep}}`)).toEqual({
      code: 4400,
      reason: 'Message is nested too deeply',
    });
  },
);
