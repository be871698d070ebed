import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { RawSocket } from '../http/http.fixture.ts';
import type { LogLine } from '../../support/processes/server-process.ts';
import { startLoggingSystem, type LoggingSystem } from './logs.fixture.ts';

/*
 * Everything that a client sends contains a word that must not be logged, at the most verbose level, by either process,
 * on either stream.
 */

const CANARY = 'canary7f3a';
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${CANARY}.c2lnbmF0dXJl${CANARY}`;

let system: LoggingSystem;
let event: { id: string; eventId: number };
beforeAll(async () => {
  system = await startLoggingSystem('trace');
  const { eventId } = await createHall(system.db.reads);
  event = { id: encodeEventId(eventId), eventId };
});
afterAll(() => system[Symbol.asyncDispose]());

const hostileHeaders = {
  authorization: `Bearer ${JWT}`,
  cookie: `session=${CANARY}`,
  traceparent: `00-${CANARY}`,
  'x-request-id': `"}{"level":"fatal","msg":"${CANARY}"`,
  'x-forwarded-for': CANARY,
  'user-agent': CANARY,
  referer: `https://${CANARY}.example`,
  baggage: `user=${CANARY}`,
};

const documents: readonly object[] = [
  { query: `query ${CANARY} { node(id: "${CANARY}") { id } }`, operationName: CANARY },
  { query: `{ ${CANARY} }` },
  { query: `{ node(id: "${CANARY}" ` },
  { query: `query ($v: Int!) { events(first: $v) { totalCount } }`, variables: { v: CANARY } },
  { query: '{ __typename }', variables: { [CANARY]: { token: CANARY } }, extensions: { [CANARY]: 1 } },
  { query: `{ __typename }`, operationName: CANARY },
];

async function post(body: string, headers: Record<string, string>, query = ''): Promise<void> {
  const response = await fetch(`${system.api.url}/graphql${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });
  await response.text();
}

/** Returns the lines that contain something of a client. Waits for the line of a last request before. */
async function findCanaries(): Promise<readonly LogLine[]> {
  const { headers } = await fetch(`${system.api.url}/nothing`);
  const last = headers.get('x-request-id');
  await eventually('the last line', () => system.lines().some(({ requestId }) => requestId === last));
  return system.lines().filter((line) => {
    const isForged = line['level'] === 'fatal' || line['msg'] === CANARY;
    return isForged || JSON.stringify(line).includes(CANARY);
  });
}

it('nothing that a client sends over HTTP and SSE is logged', async () => {
  for (const document of documents) {
    const body = JSON.stringify(document);
    await post(body, hostileHeaders, `?token=${CANARY}`);
    await post(body, {});
    const query = new URLSearchParams({ query: JSON.stringify(document), token: CANARY });
    await (await fetch(`${system.api.url}/graphql?${query.toString()}`)).text();
  }
  await post(`{"query": "${CANARY}`, {});
  await post(CANARY, { 'content-type': `text/${CANARY}` });
  await fetch(`${system.api.url}/events/${JWT}/seat-map`);
  const watch = { query: `subscription ${CANARY} { seatUpdates(eventId: "${CANARY}") { __typename } }` };
  await post(JSON.stringify(watch), { accept: 'text/event-stream' });
  expect(await findCanaries()).toEqual([]);
});

it('nothing of a header with line breaks is logged', async () => {
  const { hostname, port } = new URL(system.api.url);
  for (const ending of ['\n', '\r', '\r\n ']) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.resume();
    const forged = `{"level":"fatal","msg":"${CANARY}"}`;
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: x\r\nx-request-id: a${ending}${forged}\r\nConnection: close\r\n\r\n`,
    );
    await once(socket, 'close');
  }
  expect(await findCanaries()).toEqual([]);
});

it('nothing that a buyer sends is logged: neither tokens nor keys', async () => {
  const buyer = await BuyerClient.start(system.api.url);
  const key = `${CANARY}-key`;
  const held = await buyer.hold(event.eventId, [1], key);
  expect(held).toMatchObject({ status: 'HOLD' });
  await buyer.hold(event.eventId, [2], key);
  await buyer.confirm(String(held?.['id']));
  const input = { eventId: event.id, seatIds: [CANARY, encodeSeatId(event.eventId, 1)] };
  await buyer.send('mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename } }', { i: input });
  expect(await findCanaries()).toEqual([]);
  const tokens = system.lines().filter((line) => /eyJ[\w-]{4,}\./.test(JSON.stringify(line)));
  expect(tokens).toEqual([]);
});

it('nothing that a client sends over a WebSocket is logged', async () => {
  const port = Number(new URL(system.api.url).port);
  const payload = { authorization: `Bearer ${JWT}`, [CANARY]: CANARY };
  const raw = await RawSocket.init(port, payload, { headers: hostileHeaders });
  let id = 0;
  for (const document of documents) {
    raw.send({ id: `${CANARY}${id++}`, type: 'subscribe', payload: document });
    await raw.next();
  }
  raw.subscribe(
    `${CANARY}-watch`,
    `subscription ${CANARY}($e: ID!) { seatUpdates(eventId: $e) { __typename } }`,
    {
      e: event.id,
    },
  );
  await eventually('the snapshot', async () => (await raw.next())['id'] === `${CANARY}-watch`);
  raw.send({ type: CANARY });
  expect(await raw.closed).toBe(4400);
  const refused = RawSocket.open(port, { path: `/${JWT}`, headers: hostileHeaders });
  await expect(refused).rejects.toThrow();
  expect(await findCanaries()).toEqual([]);
});
