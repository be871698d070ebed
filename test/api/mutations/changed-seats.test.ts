import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { hold, StreamReader, updateOf, valueOf } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const SEAT = `id index section row number label status priceTier { name color price { amount currency } }`;
const watch = `subscription ($e: ID!) { seatUpdates(eventId: $e) { __typename
  ... on SeatMapSnapshot { version } ... on SeatsChanged { version seats { seatId status seat { ...parts } } } } }
  fragment parts on Seat { __typename ${SEAT} }`;

interface Changed {
  readonly version: number;
  readonly seats: readonly { readonly seatId: string; readonly status: string; readonly seat: object }[];
}

async function seatByQuery(id: string): Promise<object> {
  const answer = await http.post({
    query: `query ($id: ID!) { node(id: $id) { __typename ... on Seat { ${SEAT} } } }`,
    variables: { id },
  });
  return ((await answer.json()) as { data: { node: object } }).data.node;
}

describe('a changed seat', () => {
  it('is the same as a query shows it, for sockets and streams, without a statement a message', async () => {
    await hold(http, 2); // What holding itself reads once.
    const leaving = new AbortController();
    const body = { query: watch, variables: { e: http.eventId } };
    const reader = await StreamReader.open(http, body, leaving.signal);
    const sockets = await Promise.all(Array.from({ length: 5 }, () => RawSocket.init(http.port)));
    for (const raw of sockets) raw.send({ id: 's', type: 'subscribe', payload: body });
    for (const raw of sockets) await raw.take(1);
    const before = await valueOf(metrics.sharedExecutions);
    let payloads: unknown[] = [];
    const statements = await captureStatements(async () => {
      await hold(http, 4, 6);
      payloads = (await Promise.all(sockets.map((raw) => raw.take(1)))).flat().map(({ payload }) => payload);
    });
    expect(await valueOf(metrics.sharedExecutions)).toBe(before + 1);
    expect(
      statements.filter((text) => /venue_seats|price_tiers/.test(text) && !/readPlan/.test(text)),
    ).toEqual([]);
    const { seats } = updateOf(payloads[0]) as unknown as Changed;
    expect(seats).toHaveLength(2);
    for (const { seatId, seat } of seats) {
      expect(seat).toMatchObject({ id: seatId, status: 'HELD' });
      expect(seat).toEqual(await seatByQuery(seatId));
    }
    for (const payload of payloads) expect(payload).toEqual(payloads[0]);
    await reader.until(() => reader.messages.length >= 2);
    expect(reader.messages.at(-1)).toEqual(payloads[0]);
    leaving.abort();
    for (const raw of sockets) raw.socket.close();
    await eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('has its labels in memory only while a subscription selects them', async () => {
    const { seatDetails } = http.context;
    expect(seatDetails.get(http.hall.eventId, 0)).toBeNull();
    const raw = await RawSocket.init(http.port);
    raw.send({ id: 's', type: 'subscribe', payload: { query: watch, variables: { e: http.eventId } } });
    await raw.take(1);
    expect(seatDetails.get(http.hall.eventId, 0)).toMatchObject({ section: 'Block A', currency: 'EUR' });
    expect(seatDetails.get(http.hall.eventId, 1e6)).toBeNull();
    raw.send({ id: 's', type: 'complete' });
    await eventually('it is dropped', () => seatDetails.get(http.hall.eventId, 0) === null);
    raw.socket.close();
  });

  it('has a limit on the fields of all seats of a message together', async () => {
    const raw = await RawSocket.init(http.port);
    const withLabels = (count: number) =>
      watch.replace(
        '...parts',
        `...parts ${Array.from({ length: count }, (_, i) => `l${i}: label`).join(' ')}`,
      );
    for (const count of [8, 14]) raw.subscribe(String(count), withLabels(count), { e: http.eventId });
    const answers = new Map((await raw.take(2)).map(({ id, ...answer }) => [id, answer]));
    expect(answers.get('8')).toMatchObject({ payload: { data: { seatUpdates: {} } } });
    expect(answers.get('14')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
    });
    raw.socket.close();
    await eventually('it has left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);
  });

  it('may be served alone as well', async () => {
    const raw = await RawSocket.init(http.port);
    // A directive at the root is left to the executor, which serves every subscriber alone.
    const query = watch.replace('seatUpdates(eventId: $e)', 'seatUpdates(eventId: $e) @include(if: true)');
    const before = await valueOf(metrics.sharedExecutions);
    raw.send({ id: 's', type: 'subscribe', payload: { query, variables: { e: http.eventId } } });
    await raw.take(1);
    await hold(http, 10);
    const [message] = await raw.take(1);
    const { seats } = updateOf(message?.['payload']) as unknown as Changed;
    expect(seats[0]?.seat).toEqual(await seatByQuery(http.seatId(10)));
    expect(await valueOf(metrics.sharedExecutions)).toBe(before);
    raw.socket.close();
  });
});
