import { expect, it } from 'vitest';
import { readClientMessage } from '../../../src/transport/websocket/client-messages.ts';

const subscribe = (id: string) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: 'subscription { a }' } });

it('the ID of an operation is any text of up to 128 bytes', () => {
  for (const id of ['2', '"\\\n', '__proto__', 'é'.repeat(64)]) {
    const params = { query: 'subscription { a }' };
    expect(readClientMessage(subscribe(id))).toEqual({ kind: 'subscribe', id, params });
    expect(readClientMessage(JSON.stringify({ id, type: 'complete' }))).toEqual({ kind: 'complete', id });
  }
  expect(readClientMessage(subscribe(`${'é'.repeat(64)}e`))).toMatchObject({ kind: 'close', code: 4400 });
});

it('pings and pongs are passed on unchanged', () => {
  for (const text of ['{"type":"ping"}', '{"type":"pong","payload":{"id":"1"}}'])
    expect(readClientMessage(text)).toEqual({ kind: 'connection', text });
});

it('only the authorization of a connection is kept, unless it is too long for a token', () => {
  const init = (payload: object) => {
    const message = readClientMessage(JSON.stringify({ type: 'connection_init', payload }));
    if (message.kind !== 'connection') throw new Error(`not a message of the connection: ${message.kind}`);
    return (JSON.parse(message.text) as { readonly payload: unknown }).payload;
  };
  expect(init({ authorization: 'Bearer x', large: ['x'] })).toEqual({ authorization: 'Bearer x' });
  expect(init({ Authorization: 'Bearer x' })).toEqual({ authorization: 'Bearer x' });
  expect(init({ large: {} })).toEqual({});
  for (const authorization of ['x'.repeat(8_300), { deep: {} }, 1])
    expect(init({ authorization })).toEqual({ authorization: false });
});

it.each(['ping', 'pong', 'connection_init', 'subscribe'])(
  'a %s that is nested too deeply is refused',
  (type) => {
    const deep = `{"query":"{a}","variables":{"a":${'['.repeat(4_500)}${']'.repeat(4_500)}}}`;
    expect(readClientMessage(`{"id":"1","type":"${type}","payload":${deep}}`)).toEqual({
      kind: 'close',
      code: 4400,
      reason: 'Message is nested too deeply',
    });
  },
);
