import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppResponse, DEFAULT_POLICY } from '../../../src/http/app-response.ts';
import { closeServer, listenOnFreePort } from '../../support/services/free-port.ts';

let answer: (res: AppResponse) => void = () => undefined;
const server = createServer({ ServerResponse: AppResponse }, (_req, res) => {
  res.addCommonHeaders('request-1', '00-trace');
  answer(res);
});
let port: number;
beforeAll(async () => {
  port = await listenOnFreePort(server);
});
afterAll(() => closeServer(server));

async function request(by: (res: AppResponse) => void): Promise<Headers> {
  answer = by;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  await response.arrayBuffer();
  return response.headers;
}

const common = {
  'x-request-id': 'request-1',
  traceparent: '00-trace',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': DEFAULT_POLICY,
};

it.each<[string, (res: AppResponse) => void]>([
  ['without a head', (res) => res.end('x')],
  ['with a status', (res) => res.writeHead(404).end()],
  [
    'with headers',
    (res) => res.writeHead(200, { 'content-type': 'text/plain', 'x-skipped': undefined }).end(),
  ],
  ['with a reason', (res) => res.writeHead(200, 'Fine', { 'content-type': 'text/plain' }).end()],
  ['with a list of headers', (res) => res.writeHead(200, ['content-type', 'text/plain']).end()],
  ['that has set a header', (res) => res.setHeader('vary', 'origin').writeHead(200).end()],
  ['with several headers of a name', (res) => res.writeHead(200, { 'set-cookie': ['a', 'b'] }).end()],
])('every response has the common headers once: %s', async (_name, by) => {
  const headers = await request(by);
  expect(Object.fromEntries(headers)).toMatchObject(common);
  expect(headers.has('x-skipped')).toBe(false);
});

it.each<[string, (res: AppResponse) => void]>([
  ['set', (res) => res.setHeader('content-security-policy', 'sandbox').end()],
  ['in the head', (res) => res.writeHead(200, { 'content-security-policy': 'sandbox' }).end()],
  [
    'in the head after another was set',
    (res) => res.setHeader('vary', 'origin').writeHead(200, { 'content-security-policy': 'sandbox' }).end(),
  ],
])('a header of the response replaces the common one: %s', async (_name, by) => {
  const headers = await request(by);
  expect(Object.fromEntries(headers)).toMatchObject({ ...common, 'content-security-policy': 'sandbox' });
});
