import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHttp, type HttpFixture } from './http.fixture.ts';

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
  it('bring the snapshot and what changes, through graphql-sse', async () => {
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

  it('let go of the feed when the reader leaves, and of the place that the address had', async () => {
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
    await eventually('a place is free again', async () => (await stream(again.signal)).status === 200);
    again.abort();
    await eventually('that feed is released too', () => open === 0);
    spy.mockRestore();
  });

  it('count by what is answered, not by what was asked for', async () => {
    const leaving = new AbortController();
    const anything = await Promise.all([1, 2, 3].map(() => stream(leaving.signal, '*/*')));
    expect(anything.map(({ headers }) => headers.get('content-type'))).toEqual(
      Array(3).fill('text/event-stream'),
    );
    for (const accept of ['*/*', 'text/event-stream', 'Text/Event-Stream'])
      expect((await stream(AbortSignal.timeout(10_000), accept)).status).toBe(429);
    // What is no stream has nothing to do with it.
    expect((await http.post({ query: '{ __typename }' })).status).toBe(200);
    leaving.abort();
  });
});
