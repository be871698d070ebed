import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { startHttp, type HttpFixture } from './http.fixture.ts';
import { valueOf } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ CONNECTIONS_PER_ADDRESS_MAX: '3' });
});
afterAll(() => http.close());

const query = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename ...on SeatsChanged{seats{status}}}}';

function stream(signal: AbortSignal, accept = 'text/event-stream'): Promise<Response> {
  return fetch(`${http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables: { e: http.eventId } }),
    signal,
  });
}

describe('server-sent events', () => {
  it('deliver the snapshot and changes to graphql-sse', async () => {
    const client = createClient({ url: `${http.url}/graphql` });
    const updates = client.iterate<{ seatUpdates: { __typename: string } }>({
      query,
      variables: { e: http.eventId },
    });
    const first = await updates.next();
    expect(first.value).toMatchObject({ data: { seatUpdates: { __typename: 'SeatMapSnapshot' } } });
    await http.post(
      {
        query: 'mutation($i:HoldSeatsInput!){holdSeats(input:$i){__typename}}',
        variables: { i: { eventId: http.eventId, seatIds: [http.seatId(0)] } },
      },
      { authorization: `Bearer ${await http.token()}` },
    );
    expect((await updates.next()).value).toMatchObject({
      data: { seatUpdates: { __typename: 'SeatsChanged', seats: [{ status: 'HELD' }] } },
    });
    await updates.return?.();
    client.dispose();
  });

  it('release the feed and the slot of the address when the client leaves', async () => {
    let open = 0;
    const { feeds } = http.context;
    const acquire = feeds.acquire.bind(feeds);
    const spy = vi.spyOn(feeds, 'acquire').mockImplementation(async (eventId) => {
      const { feed, release } = await acquire(eventId);
      open++;
      return { feed, release: () => (open--, release()) };
    });
    const leaving = new AbortController();
    const readers = await Promise.all([1, 2, 3].map(() => stream(leaving.signal)));
    expect(readers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { body } of readers) await body?.getReader().read();
    expect(open).toBe(3);
    const refused = await stream(AbortSignal.timeout(10_000));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    leaving.abort();
    await eventually('all feeds are released', () => open === 0);
    const again = new AbortController();
    await eventually('a slot is free again', async () => (await stream(again.signal)).status === 200);
    again.abort();
    await eventually('that feed is released too', () => open === 0);
    spy.mockRestore();
  });

  it('count by the response, not by the `Accept` header', async () => {
    const leaving = new AbortController();
    const anything = await Promise.all([1, 2, 3].map(() => stream(leaving.signal, '*/*')));
    expect(anything.map(({ headers }) => headers.get('content-type'))).toEqual(
      Array(3).fill('text/event-stream'),
    );
    for (const accept of ['*/*', 'text/event-stream', 'Text/Event-Stream'])
      expect((await stream(AbortSignal.timeout(10_000), accept)).status).toBe(429);
    // Other responses are not limited, even if the client would accept a stream.
    const json = { accept: 'application/json, text/event-stream' };
    expect((await http.post({ query: '{ __typename }' }, json)).status).toBe(200);
    leaving.abort();
    await eventually('the slots are free again', async () => (await openStreams('*/*', 3)) === 3);
  });

  it.each([
    ['application/graphql-response+json, */*', 400],
    ['*/*', 400],
    ['text/event-stream', 200],
  ])('take little memory (%s)', async (accept, status) => {
    const fields = Array.from({ length: 300 }, (_, i) => `a${i % 10}: __typename`).join(' ');
    for (const body of [
      { query: `${query} #${'x'.repeat(17_000)}`, variables: { e: http.eventId } },
      { query: `subscription($e: ID!) { seatUpdates(eventId: $e) { ${fields} } }`, variables: { e: '' } },
      { query, variables: { e: 'x'.repeat(100_000) } },
    ]) {
      const answer = await http.post(body, { accept });
      expect(answer.status).toBe(status);
      expect(await answer.text()).toContain('"QUERY_TOO_COMPLEX"');
    }
  });

  it.each(['*/*', 'text/event-stream, application/json'])(
    'take no slot if the client has left before the answer (%s)',
    async (accept) => {
      const { feeds } = http.context;
      const acquire = feeds.acquire.bind(feeds);
      for (let i = 0; i < 5; i++) {
        const leaving = new AbortController();
        const arrived = Promise.withResolvers<void>();
        const left = Promise.withResolvers<void>();
        const spy = vi.spyOn(feeds, 'acquire').mockImplementation(async (eventId) => {
          arrived.resolve();
          await left.promise;
          return acquire(eventId);
        });
        const closed = await valueOf(metrics.httpRequests);
        const answer = stream(leaving.signal, accept);
        await arrived.promise;
        leaving.abort();
        await expect(answer).rejects.toThrow('aborted');
        await eventually('it is closed', async () => (await valueOf(metrics.httpRequests)) > closed);
        left.resolve();
        spy.mockRestore();
      }
      expect(await openStreams(accept, 3)).toBe(3);
    },
  );

  it('have a head alone for HEAD, and take no slot', async () => {
    const url = `${http.url}/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify({ e: http.eventId }))}`;
    for (let i = 0; i < 5; i++)
      for (const accept of ['text/event-stream', '*/*']) {
        const head = await fetch(url, { method: 'HEAD', headers: { accept } });
        expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      }
    expect(await openStreams('*/*', 3)).toBe(3);
  });
});

/** Returns how many of a number of streams are accepted, and closes them. */
async function openStreams(accept: string, count: number): Promise<number> {
  const leaving = new AbortController();
  const answers = await Promise.all(Array.from({ length: count }, () => stream(leaving.signal, accept)));
  const before = await valueOf(metrics.httpRequests);
  leaving.abort();
  const served = answers.filter(({ status }) => status === 200).length;
  await eventually('they have left', async () => (await valueOf(metrics.httpRequests)) >= before + served);
  return served;
}
