import { createServer, request } from 'node:http';
import { BlockList } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppResponse } from '../../../src/http/app-response.ts';
import {
  createRequestListener,
  type ListenerContext,
  type Route,
} from '../../../src/http/request-listener.ts';
import { sendNotFound } from '../../../src/http/responses.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { eventually } from '../../support/eventually.ts';
import { closeServer, listenOnFreePort } from '../../support/services/free-port.ts';

const lines: { level: string; msg: string }[] = [];
const logger = createLogger('debug', { write: (line) => void lines.push(JSON.parse(line)) });

let entered: () => void = () => undefined;
let goOn: () => void = () => undefined;
const routes: Route[] = [
  {
    path: '/fails',
    methods: ['GET', 'POST'],
    async handle({ req }) {
      for await (const chunk of req) void chunk;
      entered();
      await new Promise<void>((resolve) => (goOn = resolve));
      throw new Error('planted');
    },
  },
];
const context: ListenerContext = {
  routes,
  notFound: sendNotFound,
  cors: null,
  proxies: new BlockList(),
  logger,
  stopping: new AbortController().signal,
};
const server = createServer({ ServerResponse: AppResponse }, (req, res) =>
  createRequestListener(context)(req, res),
);
let port: number;

beforeEach(async () => {
  lines.length = 0;
  port = await listenOnFreePort(server);
});
afterEach(async () => {
  server.closeAllConnections();
  await closeServer(server);
});

const failure = () => lines.find(({ msg }) => msg === 'request failed');

it.each(['GET', 'POST'])(
  'a failing %s is logged as an error, whether its body was read or not',
  async (method) => {
    const handling = new Promise<void>((resolve) => (entered = resolve));
    const answer = fetch(`http://127.0.0.1:${port}/fails`, { method, body: method === 'POST' ? 'x' : null });
    await handling;
    goOn();
    expect((await answer).status).toBe(500);
    expect(failure()).toMatchObject({ level: 'error', err: { message: 'planted' } });
  },
);

it('a failure after the client has left is not', async () => {
  const handling = new Promise<void>((resolve) => (entered = resolve));
  const req = request({ port, host: '127.0.0.1', path: '/fails', method: 'POST' }).on('error', () => {});
  req.end('x');
  await handling;
  req.destroy();
  await eventually('the server notices', () => lines.some(({ msg }) => msg === 'request'));
  goOn();
  await eventually('it is logged', () => failure() !== undefined);
  expect(failure()).toMatchObject({ level: 'debug' });
});

it('a body that breaks off is the failure of a client that has left, not of the database', async () => {
  const req = request({ port, host: '127.0.0.1', path: '/fails', method: 'POST' }).on('error', () => {});
  req.setHeader('content-length', 10);
  req.write('x');
  await eventually('the connection is open', () => req.socket?.readyState === 'open');
  req.destroy();
  await eventually('it is logged', () => failure() !== undefined);
  expect(failure()).toMatchObject({ level: 'debug', err: { code: 'ECONNRESET' } });
  expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
});
