import { once } from 'node:events';
import { createServer } from 'node:http';
import { BlockList, connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { limitConnections } from '../../../src/http/connection-limits.ts';
import { closeServer, listenOnFreePort } from '../../support/services/free-port.ts';

const MAX = 10;

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

/** Sends a request and waits for its response, after which the connection is idle. */
async function request(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [response] = (await once(socket, 'data')) as [string];
  return response;
}

it('idle connections make room for new ones when few are left, and those in use stay', async () => {
  let answer = (): void => undefined;
  const server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
    if (req.method === 'GET') return void res.end();
    answer = () => res.end('late');
  });
  limitConnections(server, { perAddressMax: 100, max: MAX, proxies: new BlockList() });
  const port = await listenOnFreePort(server);

  const busy = await connectTo(port);
  const arrived = once(server, 'request');
  busy.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n');
  await arrived;
  const idle: Socket[] = [];
  while (idle.length < MAX - 2) idle.push(await connectTo(port));
  for (const socket of idle) expect(await request(socket)).toMatch(/^HTTP\/1.1 200/);

  const closed = Promise.all(idle.map((socket) => once(socket, 'close')));
  const late = await connectTo(port);
  await closed;
  expect(await request(late)).toMatch(/^HTTP\/1.1 200/);
  answer();
  const [response] = (await once(busy, 'data')) as [string];
  expect(response).toMatch(/^HTTP\/1.1 200[^]*late/);

  busy.destroy();
  late.destroy();
  await closeServer(server);
});
