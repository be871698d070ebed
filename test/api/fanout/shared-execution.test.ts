import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { hold, seatUpdates, StreamReader, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

let nextSeat = 0;
const holdNext = () => hold(http, (nextSeat += 2) - 2);
const idsOf = (messages: readonly Record<string, unknown>[]) =>
  messages.map(({ id }) => String(id)).toSorted();
const isVersion = (payload: unknown, version: number) => updateOf(payload).version === version;

async function currentVersion(): Promise<number> {
  const { reads } = http.context.database;
  return (await reads.event.findFirstOrThrow({ where: { id: http.hall.eventId } })).seatVersion;
}

describe('the same operation', () => {
  it('is executed once per message for 200 subscribers, each of which gets it under its own ID', async () => {
    const before = await valueOf(metrics.sharedExecutions);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => RawSocket.init(http.port)));
    const version = await currentVersion();
    for (const [s, raw] of sockets.entries())
      for (let i = 0; i < 10; i++)
        // Half of them send the variables in another order, with one that the operation does not declare.
        raw.send({
          id: `${s}/${i} "ü"`,
          type: 'subscribe',
          payload: {
            query: seatUpdates,
            variables:
              i % 2 === 0 ? { e: http.eventId, after: null } : { junk: i, after: null, e: http.eventId },
          },
        });
    const ids = (s: number) => Array.from({ length: 10 }, (_, i) => `${s}/${i} "ü"`);
    for (const [s, raw] of sockets.entries()) {
      const first = await raw.take(10);
      expect(idsOf(first)).toEqual(ids(s));
      for (const { payload } of first)
        expect(updateOf(payload)).toMatchObject({ __typename: 'SeatMapSnapshot', version });
    }
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 1);
    for (let round = 1; round <= 5; round++) {
      await holdNext();
      for (const [s, raw] of sockets.entries()) {
        const messages = await raw.take(10);
        expect(idsOf(messages)).toEqual(ids(s));
        for (const { payload } of messages)
          expect(updateOf(payload)).toMatchObject({
            fromVersion: version + round - 1,
            version: version + round,
          });
      }
    }
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 6);
    expect(await valueOf(metrics.sharedSubscribers)).toBe(200);
    for (const raw of sockets) raw.socket.close();
    await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('sends the same bytes to all event streams', async () => {
    const leaving = new AbortController();
    const before = await valueOf(metrics.sharedExecutions);
    const readers = await Promise.all(
      Array.from({ length: 5 }, () =>
        StreamReader.open(http, { query: seatUpdates, variables: { e: http.eventId } }, leaving.signal),
      ),
    );
    const start = await currentVersion();
    for (let i = 0; i < 3; i++) await holdNext();
    const over = (reader: StreamReader) => reader.messages.some((payload) => isVersion(payload, start + 3));
    await Promise.all(readers.map((reader) => reader.until(() => over(reader))));
    expect(new Set(readers.map(({ text }) => text)).size).toBe(1);
    expect(readers[0]?.text).toMatch(/^:\n\nevent: next\ndata: \{"data":/);
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + (readers[0]?.messages.length ?? 0));
    leaving.abort();
    await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('is shared by sockets and streams, also if sent by GET', async () => {
    const before = await valueOf(metrics.sharedExecutions);
    const leaving = new AbortController();
    const query = `subscription { seatUpdates(eventId: "${http.eventId}") { __typename } }`;
    const raw = await RawSocket.init(http.port);
    raw.subscribe('1', query);
    await raw.next();
    const response = await fetch(`${http.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('SeatMapSnapshot'))
      text += Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 1);
    leaving.abort();
    raw.socket.close();
    await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });
});

describe('resuming', () => {
  it('affects only the first message, as a variable or within the document', async () => {
    const before = await valueOf(metrics.sharedExecutions);
    const raw = await RawSocket.init(http.port);
    const version = await currentVersion();
    const watch = async (after: number | null) => {
      raw.subscribe(`after ${after}`, seatUpdates, { e: http.eventId, after });
      return updateOf((await raw.next())['payload']);
    };
    expect(await watch(null)).toMatchObject({ __typename: 'SeatMapSnapshot', version });
    expect(await watch(version - 2)).toMatchObject({
      __typename: 'SeatsChanged',
      fromVersion: version - 2,
      version,
    });
    expect(await watch(version)).toMatchObject({ fromVersion: version, version, seats: [] });
    expect(await watch(version + 1)).toMatchObject({ __typename: 'SeatMapSnapshot', version });
    expect(await watch(-1)).toMatchObject({ __typename: 'SeatMapSnapshot', version });
    // The first messages have three shapes. The snapshot was executed once.
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 3);
    raw.subscribe(
      'inline',
      `subscription { seatUpdates(eventId: "${http.eventId}", afterVersion: ${version - 1}) { __typename ... on SeatsChanged { version fromVersion } } }`,
    );
    expect(updateOf((await raw.next())['payload'])).toEqual({
      __typename: 'SeatsChanged',
      version,
      fromVersion: version - 1,
    });
    await holdNext();
    for (const { payload } of await raw.take(6))
      expect(updateOf(payload)).toMatchObject({ fromVersion: version, version: version + 1 });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 6);
    raw.socket.close();
  });

  it('shows every change that a query would have shown', async () => {
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 5; i++) {
      await holdNext();
      const version = await currentVersion();
      raw.subscribe(String(i), seatUpdates, { e: http.eventId });
      for (;;) {
        const { id, payload } = await raw.next();
        if (id !== String(i)) continue;
        expect(updateOf(payload).version).toBeGreaterThanOrEqual(version);
        break;
      }
    }
    raw.socket.close();
  });
});

describe('another operation', () => {
  it.each([
    [
      'aliases',
      '{ alias: seatUpdates(eventId: $e) { kind: __typename } }',
      { alias: { kind: 'SeatMapSnapshot' } },
    ],
    [
      'fragments',
      '{ ...Root } fragment Root on Subscription { seatUpdates(eventId: $e) { ...Map } } fragment Map on SeatMapSnapshot { eventId }',
      { seatUpdates: { eventId: expect.any(String) as string } },
    ],
    [
      'a field twice',
      '{ seatUpdates(eventId: $e) { __typename } seatUpdates(eventId: $e) { ... on SeatMapSnapshot { eventId } } }',
      {
        seatUpdates: { __typename: 'SeatMapSnapshot', eventId: expect.any(String) as string },
      },
    ],
  ])('has messages with its own fields: %s', async (_name, selection, data) => {
    const raw = await RawSocket.init(http.port);
    raw.subscribe('plain', seatUpdates, { e: http.eventId });
    raw.subscribe('1', `subscription ($e: ID!) ${selection}`, { e: http.eventId });
    const messages = await raw.take(2);
    expect(messages.find(({ id }) => id === '1')).toEqual({ id: '1', type: 'next', payload: { data } });
    raw.socket.close();
  });

  it('is one with the same text and other variables', async () => {
    const query = `subscription A($e: ID!, $with: Boolean = false) { seatUpdates(eventId: $e) { __typename ... on SeatMapSnapshot { version @include(if: $with) } } }
      subscription B($e: ID!) { seatUpdates(eventId: $e) { b: __typename } }`;
    const raw = await RawSocket.init(http.port);
    const ask = async (operationName: string, variables: object) => {
      const id = JSON.stringify([operationName, variables]);
      raw.send({ id, type: 'subscribe', payload: { query, operationName, variables } });
      return (await raw.next())['payload'];
    };
    const e = http.eventId;
    const before = await valueOf(metrics.sharedExecutions);
    const version = await currentVersion();
    const plain = { data: { seatUpdates: { __typename: 'SeatMapSnapshot' } } };
    expect(await ask('A', { e })).toEqual(plain);
    expect(await ask('A', { e, with: true })).toEqual({
      data: { seatUpdates: { __typename: 'SeatMapSnapshot', version } },
    });
    expect(await ask('A', { with: false, e })).toEqual(plain);
    expect(await ask('B', { e })).toEqual({ data: { seatUpdates: { b: 'SeatMapSnapshot' } } });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 3);
    raw.socket.close();
  });

  it('is not shared if it has directives at its root', async () => {
    const before = await valueOf(metrics.sharedExecutions);
    const raw = await RawSocket.init(http.port);
    const query = `subscription { seatUpdates(eventId: "${http.eventId}") @include(if: true) { __typename } }`;
    raw.subscribe('1', query);
    expect(updateOf((await raw.next())['payload'])).toEqual({ __typename: 'SeatMapSnapshot' });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before);
    raw.socket.close();
  });
});
