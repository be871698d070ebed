import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Agent, request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { RawSocket, refusalOf, startHttp, type HttpFixture } from './http.fixture.ts';
import { hold, seatUpdates } from '../fanout/shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ DRAIN_SECONDS: '1' });
});
afterAll(() => http.close());

async function getWith(agent: Agent, path: string) {
  const [res] = (await once(request(`${http.url}${path}`, { agent }).end(), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  return { status: res.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
}

describe('stopping', () => {
  it('is reported first, closes sockets and streams, finishes requests in progress, then refuses connections', async () => {
    const agent = new Agent({ keepAlive: true });
    const watching = await RawSocket.init(http.port);
    watching.subscribe('1', 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}', { e: http.eventId });
    await watching.next();
    const stream = await fetch(
      `${http.url}/graphql?query=${encodeURIComponent(`subscription{seatUpdates(eventId:"${http.eventId}"){__typename}}`)}`,
      { headers: { accept: 'text/event-stream' } },
    );
    // Its body is incomplete when the server begins to stop.
    const body = JSON.stringify({ query: '{__typename}' });
    const underWay = request(`${http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    underWay.write(body.slice(0, 5));
    await once(underWay, 'socket');

    const stopped = http.stop();
    expect(await getWith(agent, '/ready')).toMatchObject({ status: 503, body: { draining: true } });
    expect(await watching.closed).toBe(1001);
    expect(await stream.text()).toContain('SeatMapSnapshot');
    underWay.end(body.slice(5));
    const [answer] = (await once(underWay, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await stopped;
    await expect(fetch(`${http.url}/health`)).rejects.toThrow();
    agent.destroy();
  });
});

describe('a socket that waits for a response when the server stops', () => {
  it('gets it, is closed then, and is asked for nothing more', async () => {
    const stopping = await startHttp();
    onTestFinished(() => stopping.close());
    const cutOff = vi.spyOn(WebSocket.prototype, 'terminate');
    onTestFinished(() => cutOff.mockRestore());
    const { groupCommit } = stopping.context;
    const submit = groupCommit.submit.bind(groupCommit);
    const [arrived, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const submitted = vi.spyOn(groupCommit, 'submit').mockImplementation(async (...command) => {
      arrived.resolve();
      await mayGoOn.promise;
      return submit(...command);
    });
    const idle = await RawSocket.init(stopping.port);
    const buying = await RawSocket.init(stopping.port, { authorization: await stopping.token() });
    const query = 'mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename } }';
    const holdSeat = (seat: number) => {
      const i = { eventId: stopping.eventId, seatIds: [stopping.seatId(seat)] };
      buying.subscribe(`hold ${seat}`, query, { i });
    };
    buying.subscribe('watch', seatUpdates, { e: stopping.eventId });
    expect(await buying.next()).toMatchObject({ id: 'watch' });
    holdSeat(0);
    await arrived.promise;
    const stopped = stopping.stop();
    expect(await idle.closed).toBe(1001);
    holdSeat(4);
    mayGoOn.resolve();
    const answers = [await buying.next(), await buying.next(), await buying.next()];
    expect(answers.filter(({ id }) => id === 'hold 0')).toMatchObject([
      { id: 'hold 0', type: 'next', payload: { data: { holdSeats: { __typename: 'Booking' } } } },
      { id: 'hold 0', type: 'complete' },
    ]);
    expect(await buying.closed).toBe(1001);
    expect(submitted).toHaveBeenCalledTimes(1);
    await stopped;
    // It was closed properly, not destroyed at the end of its timeout.
    expect(cutOff).not.toHaveBeenCalled();
  });
});

describe('draining', () => {
  const EACH = 16;
  let draining: HttpFixture;
  beforeAll(async () => {
    draining = await startHttp({ DRAIN_SECONDS: '2' });
  });
  afterAll(() => draining.close());

  function stream(query: string, accept = 'text/event-stream'): Promise<Response> {
    return fetch(`${draining.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables: { e: draining.eventId } }),
    });
  }

  /** Not shared, because of the directive at its root. */
  const unshared = 'subscription ($e: ID!) { seatUpdates(eventId: $e) @include(if: true) { __typename } }';

  it('ends sockets, shared streams and all others in the same waves, and refuses new ones', async () => {
    const order: number[] = [];
    const ends: Promise<unknown>[] = [];
    // All kinds in turn: waves follow the order of connections.
    for (let i = 0; i < EACH; i++) {
      const raw = await RawSocket.init(draining.port);
      raw.subscribe('1', seatUpdates, { e: draining.eventId });
      await raw.next();
      const streams = [await stream(seatUpdates), await stream(unshared), await stream(unshared, '*/*')];
      const closed = [raw.closed, ...streams.map((response) => response.text())];
      for (const [kind, end] of closed.entries()) ends.push(end.then(() => order.push(4 * i + kind)));
    }
    const stopped = draining.stop();
    await Promise.race(ends);
    for (const [query, accept] of [
      [seatUpdates],
      [seatUpdates, 'text/event-stream, application/json'],
      [unshared],
      [unshared, '*/*'],
    ] as const) {
      const refused = await stream(query, accept);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    }
    expect(await refusalOf(draining.port, '/graphql')).toBe(503);
    // Other requests are answered as long as connections are accepted.
    await hold(draining, 0);
    await Promise.all(ends);
    await stopped;
    const positions = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => order.indexOf(from + i));
    const total = 4 * EACH;
    expect(order).toHaveLength(total);
    expect(Math.max(...positions(0, total / 4))).toBeLessThan(Math.min(...positions((3 * total) / 4, total)));
  });
});

describe('a connection of the maximum age', () => {
  it('is closed with 1001 and can be made again', async () => {
    const aging = await startHttp({ CONNECTION_AGE_SECONDS_MAX: '1' });
    onTestFinished(() => aging.close());
    const document = 'subscription($e:ID!){seatUpdates(eventId:$e){__typename}}';
    const watch = async () => {
      const socket = await RawSocket.init(aging.port);
      socket.subscribe('1', document, { e: aging.eventId });
      await socket.next();
      return socket;
    };
    const watching = await watch();
    const query = encodeURIComponent(`subscription{seatUpdates(eventId:"${aging.eventId}"){__typename}}`);
    const stream = await fetch(`${aging.url}/graphql?query=${query}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(await watching.closed).toBe(1001);
    expect(await stream.text()).toContain('SeatMapSnapshot');
    const again = await watch();
    expect(await again.closed).toBe(1001);
  });
});
