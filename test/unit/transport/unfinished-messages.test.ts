import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { KeepAlive } from '../../../src/transport/websocket/keep-alive.ts';

/** A client, and what the server makes of its socket every 24 ms. */
async function connect() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const received: string[] = [];
  const keepAlive = new KeepAlive({ everyMs: 24, pongTimeoutMs: 60_000 });
  server.on('connection', (socket) => {
    const peer = keepAlive.add(socket, { isFull: false });
    socket.on('message', (data: Buffer) => {
      received.push(data.toString());
      peer.onMessage();
    });
    socket.on('close', () => keepAlive.remove(peer));
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const closed = once(client, 'close') as Promise<[number, Buffer]>;
  await once(client, 'open');
  const { _socket: stream } = client as unknown as { readonly _socket: Socket };
  return {
    client,
    closed,
    stream,
    received,
    async [Symbol.asyncDispose]() {
      client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The start of a masked text frame of 100 bytes. */
const started = Buffer.from([0x81, 0x80 | 100, 0, 0, 0, 0, 0x61, 0x61]);

it('an unfinished frame closes the socket with 1008', async () => {
  await using peer = await connect();
  peer.stream.write(started);
  expect((await peer.closed)[0]).toBe(1008);
});

it('so does a message without its last fragment, with or without pings in between', async () => {
  await using peer = await connect();
  peer.client.send('a', { fin: false });
  peer.client.ping();
  peer.client.send('b', { fin: false });
  expect((await peer.closed)[0]).toBe(1008);
});

it('complete messages keep the socket open, however long the pauses between them', async () => {
  await using peer = await connect();
  for (let i = 0; i < 5; i++) {
    peer.client.send('a', { fin: false });
    peer.client.send('b', { fin: true });
    // The server pings once an interval.
    await once(peer.client, 'ping');
    await once(peer.client, 'ping');
  }
  expect(peer.received).toEqual(Array(5).fill('ab'));
  expect(peer.client.readyState).toBe(peer.client.OPEN);
});
