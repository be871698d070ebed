import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { makeHoldOverdue, silent } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type ServerProcess,
} from '../../support/processes/api-process.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import {
  startTraceCollector,
  type CollectedSpan,
  type TraceCollector,
} from '../../support/services/trace-collector.ts';
import { RawSocket } from '../http/http.fixture.ts';

let collector: TraceCollector;
let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let nodes: [ServerProcess, ServerProcess];
let worker: ServerProcess;
beforeAll(async () => {
  [collector, database, redis] = await Promise.all([
    startTraceCollector(),
    createTestDatabase(),
    startTestRedis(),
  ]);
  db = connectDatabase(database.url, silent);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' };
  const settings = { databaseUrl: database.url, redisUrl: redis.url, env };
  const started = await Promise.all([
    startApiProcess(settings),
    startApiProcess(settings),
    startWorkerProcess(settings),
  ]);
  nodes = [started[0], started[1]];
  worker = started[2];
});
afterAll(async () => {
  await Promise.all([...nodes, worker].map((node) => node.stop()));
  await db.close();
  await redis.stop();
  await database.drop();
  await collector[Symbol.asyncDispose]();
});

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const watch = 'subscription ($e: ID!) { seatUpdates(eventId: $e) { __typename } }';

async function watchAt(node: ServerProcess, eventId: number): Promise<RawSocket> {
  const raw = await RawSocket.init(Number(new URL(node.url).port));
  raw.subscribe('1', watch, { e: encodeEventId(eventId) });
  await raw.next();
  return raw;
}

const ofTrace = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

/** Returns the names from a span up to the root of its trace. */
function pathOf(span: CollectedSpan): string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : pathOf(parent)), span.name];
}

async function hold(url: string, token: string, eventId: number, headers: Record<string, string> = {}) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({
      query: `mutation ($i: HoldBestAvailableInput!) { holdBestAvailable(input: $i) { __typename ... on Booking { id } } }`,
      variables: { i: { eventId: encodeEventId(eventId), quantity: 1 } },
    }),
  });
}

async function startSession(url: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"mutation { startGuestSession { token } }"}',
  });
  const { data } = (await response.json()) as { data: { startGuestSession: { token: string } } };
  return data.startGuestSession.token;
}

describe('a hold', () => {
  it('is one trace: request, operation, batch, statements, publish, and the frames of watchers on all nodes', async () => {
    const { eventId } = await createHall(db.reads);
    const sockets = await Promise.all(nodes.map((node) => watchAt(node, eventId)));
    const url = nodes[0].url;
    const token = await startSession(url);
    const parent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
    const response = await hold(url, token, eventId, { traceparent: parent });
    await response.text();
    await Promise.all(sockets.map((socket) => socket.next()));
    await eventually('both fan-outs', () => named(ofTrace(TRACE_ID), 'fan-out').length === 2);
    await eventually('the publish', () => named(ofTrace(TRACE_ID), 'publish').length === 1);
    await eventually('the request', () => named(ofTrace(TRACE_ID), 'POST /graphql').length === 1);

    const request = ['POST /graphql', 'mutation holdBestAvailable', 'batch'];
    const paths = ofTrace(TRACE_ID).map((span) => pathOf(span).join(' > '));
    expect(paths).toEqual(
      expect.arrayContaining(
        [
          request,
          ...['BEGIN', 'readPlan', 'lockBuyers', 'lockSeats', 'readLocked', 'writeSeats', 'COMMIT'].map(
            (statement) => [...request, statement],
          ),
          [...request, 'publish'],
          [...request, 'fan-out'],
          [...request, 'publish', 'fan-out'],
        ].map((path) => path.join(' > ')),
      ),
    );
    const [root] = named(ofTrace(TRACE_ID), 'POST /graphql');
    expect(root?.parentSpanId).toBe('00f067aa0ba902b7');
    expect(response.headers.get('traceparent')).toBe(`00-${TRACE_ID}-${String(root?.spanId)}-01`);
    expect([...collector.paths]).toEqual(['/v1/traces']);
    for (const socket of sockets) socket.socket.close();
  });

  it('is linked to the batch that it shares with others', async () => {
    const { eventId } = await createHall(db.reads);
    const url = nodes[0].url;
    const tokens = await Promise.all(Array.from({ length: 12 }, () => startSession(url)));
    const traces = await Promise.all(
      tokens.map(async (token) => {
        const { headers } = await hold(url, token, eventId);
        return String(headers.get('traceparent')?.split('-')[1]);
      }),
    );
    const linked = () =>
      new Set(named(collector.spans, 'batch').flatMap(({ links }) => links.map(({ traceId }) => traceId)));
    await eventually('all are linked', () => traces.every((traceId) => linked().has(traceId)));
    const largest = Math.max(...named(collector.spans, 'batch').map(({ links }) => links.length));
    expect(largest).toBeGreaterThan(1);
  });

  it('that expires is a trace of the worker', async () => {
    const { eventId } = await createHall(db.reads);
    const buyer = await BuyerClient.start(nodes[0].url);
    await buyer.hold(eventId, [1]);
    const { id } = await db.reads.booking.findFirstOrThrow({ where: { eventId } });
    await makeHoldOverdue(db.reads, id);
    await eventually('the trace', () => named(collector.spans, 'expire holds').length > 0);
    const [span] = named(collector.spans, 'expire holds');
    await eventually(
      'its statements',
      () => named(ofTrace(String(span?.traceId)), 'changeBookings').length > 0,
    );
    expect(span?.parentSpanId).toBeUndefined();
    const line = worker.log.find(({ msg }) => msg === 'hold expired');
    expect(line).toMatchObject({ traceId: span?.traceId });
  });

  it('over a WebSocket is a trace of its own', async () => {
    const { eventId } = await createHall(db.reads);
    const token = await startSession(nodes[0].url);
    const port = Number(new URL(nodes[0].url).port);
    const raw = await RawSocket.init(port, { authorization: `Bearer ${token}` });
    raw.subscribe(
      '1',
      'mutation ($i: HoldBestAvailableInput!) { holdBestAvailable(input: $i) { __typename } }',
      { i: { eventId: encodeEventId(eventId), quantity: 1 } },
    );
    const { payload } = (await raw.next()) as { payload: { extensions: { traceId: string } } };
    const { traceId } = payload.extensions;
    await eventually('its root', () => ofTrace(traceId).some((span) => span.parentSpanId === undefined));
    // On a slow machine choosing the seats can end their batch, so that a second one holds them.
    const paths = named(ofTrace(traceId), 'batch').map((span) => pathOf(span).join(' > '));
    expect(new Set(paths)).toEqual(
      new Set(['mutation holdBestAvailable > mutation holdBestAvailable > batch']),
    );
    raw.socket.close();
  });
});

it('nothing of a client is in a span, and no list of seats', async () => {
  const canary = 'canary9b1e';
  const url = nodes[0].url;
  const response = await fetch(`${url}/${canary}?query=${canary}`, {
    headers: { 'user-agent': canary, authorization: canary },
  });
  const traceId = String(response.headers.get('traceparent')?.split('-')[1]);
  const query = `query ${canary} { node(id: "${canary}") { id } }`;
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: canary, traceparent: canary },
    body: JSON.stringify({ query, operationName: canary, variables: { [canary]: canary } }),
  });
  await eventually('the span of the first request', () => ofTrace(traceId).length === 1);
  await eventually('the span of the second', () => named(collector.spans, 'query node').length === 1);
  expect(JSON.stringify(collector.spans)).not.toContain(canary);
  const keys = new Set(collector.spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  expect([...keys].toSorted()).toEqual([
    'db.query.summary',
    'db.system.name',
    'graphql.operation.type',
    'http.request.method',
    'http.response.status_code',
    'http.route',
    'messaging.system',
    'sellout.batch.commands',
    'sellout.event.id',
    'sellout.frames',
  ]);
});

it('a request that its caller does not sample is not traced, and keeps its trace ID', async () => {
  const traceId = 'a'.repeat(32);
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
  const response = await fetch(`${nodes[0].url}/graphql?query={__typename}`, { headers });
  expect(response.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`));
  const next = await fetch(`${nodes[0].url}/graphql?query={__typename}`);
  const later = String(next.headers.get('traceparent')?.split('-')[1]);
  await eventually('a later request', () => ofTrace(later).length > 0);
  expect(ofTrace(traceId)).toEqual([]);
});
