import { createClient } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Payload } from '../../../src/fanout/payload.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { MemoryBudget } from '../../../src/transport/memory-budget.ts';
import { Operations } from '../../../src/transport/websocket/operations.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';
import { hold, seatUpdates, updateOf, valueOf } from './shared.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp({ SOCKET_OPERATIONS_MAX: '10', CLOSE_SPREAD_SECONDS: '0.3' });
});
afterAll(() => http.close());

const allLeft = () =>
  eventually('all have left', async () => (await valueOf(metrics.sharedSubscribers)) === 0);

/** Connects the organizer of a draft. Its subscriptions start slowly, because each one asks the database for permission. */
async function organizerOfDraft() {
  const organizerId = randomUUID();
  const { eventId } = await createHall(http.context.database.reads, { status: 'DRAFT', organizerId });
  const { token } = await http.context.identity.issue({ userId: organizerId, role: 'ORGANIZER' });
  const raw = await RawSocket.init(http.port, { authorization: token });
  return { raw, draft: { e: encodeEventId(eventId) } };
}

describe('a shared subscription', () => {
  it('ends with complete, without affecting others on its socket, and frees its ID', async () => {
    const raw = await RawSocket.init(http.port);
    raw.subscribe('1', seatUpdates, { e: http.eventId });
    raw.subscribe('2', seatUpdates, { e: http.eventId });
    await raw.take(2);
    raw.send({ id: '1', type: 'complete' });
    await eventually('one has left', async () => (await valueOf(metrics.sharedSubscribers)) === 1);
    await hold(http, 0);
    expect(await raw.next()).toMatchObject({ id: '2', type: 'next' });
    raw.subscribe('1', seatUpdates, { e: http.eventId });
    expect(await raw.next()).toMatchObject({ id: '1', type: 'next' });
    raw.socket.close();
    await allLeft();
  });

  it('cannot use an ID that is in use (4409)', async () => {
    const raw = await RawSocket.init(http.port);
    raw.subscribe('1', seatUpdates, { e: http.eventId });
    await raw.next();
    raw.subscribe('1', seatUpdates, { e: http.eventId });
    expect(await raw.closed).toBe(4409);
    await allLeft();
  });

  it('needs an acknowledged connection (4401)', async () => {
    const raw = await RawSocket.open(http.port);
    raw.subscribe('1', seatUpdates, { e: http.eventId });
    expect(await raw.closed).toBe(4401);
    await allLeft();
  });

  it('does not disturb pings and other operations of its socket', async () => {
    const raw = await RawSocket.init(http.port);
    raw.subscribe('watch', seatUpdates, { e: http.eventId });
    await raw.next();
    raw.send({ type: 'ping', payload: { n: 1 } });
    expect(await raw.next()).toEqual({ type: 'pong', payload: { n: 1 } });
    raw.subscribe('ask', '{ __typename }');
    expect(await raw.next()).toMatchObject({
      id: 'ask',
      type: 'next',
      payload: { data: { __typename: 'Query' } },
    });
    expect(await raw.next()).toEqual({ id: 'ask', type: 'complete' });
    await hold(http, 2);
    expect(await raw.next()).toMatchObject({ id: 'watch', type: 'next' });
    raw.socket.close();
    await allLeft();
  });

  it('counts among the operations of its socket, even if it is completed before it has begun', async () => {
    const { raw, draft } = await organizerOfDraft();
    for (let i = 0; i < 11; i++) {
      raw.subscribe(String(i), seatUpdates, draft);
      if (i < 10) raw.send({ id: String(i), type: 'complete' });
    }
    expect(await raw.next()).toMatchObject({
      id: '10',
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    raw.socket.terminate();
    await allLeft();
  });

  it('is served once, however quickly it is completed and started again under its ID', async () => {
    const raw = await RawSocket.init(http.port);
    const subscribe = () => raw.subscribe('same', seatUpdates, { e: http.eventId });
    const complete = () => raw.send({ id: 'same', type: 'complete' });
    for (let i = 0; i < 20; i++) {
      if (i % 2 === 0) {
        subscribe();
        await raw.next();
      }
      // Sent in one chunk, so that the server does nothing in between.
      raw.together(() => {
        if (i % 2 === 1) subscribe();
        complete();
        subscribe();
      });
      expect(await raw.next()).toMatchObject({ id: 'same', type: 'next' });
      await eventually('the old one has left', async () => (await valueOf(metrics.sharedSubscribers)) === 1);
      if (i >= 18) {
        await hold(http, i === 18 ? 6 : 8);
        expect(await raw.next()).toMatchObject({ id: 'same', type: 'next' });
      }
      complete();
      await allLeft();
    }
    raw.socket.close();
  });

  it('gets no response if the client has completed it while it was executed', async () => {
    const raw = await RawSocket.init(http.port);
    const open = vi.spyOn(Operations.prototype, 'open');
    const finish = vi.spyOn(Operations.prototype, 'finish');
    // The last step before the execution.
    const reserve = vi.spyOn(MemoryBudget.prototype, 'reserve').mockImplementationOnce(() => {
      (open.mock.contexts[0] as Operations).cancel('1');
      return () => undefined;
    });
    raw.subscribe('1', '{ __typename }');
    await eventually('it has ended', async () => finish.mock.calls.length === 1);
    for (const spy of [open, finish, reserve]) spy.mockRestore();
    raw.send({ type: 'ping' });
    expect(await raw.next()).toEqual({ type: 'pong' });
    raw.socket.close();
    await allLeft();
  });

  it('does not count requests with no operation or with several', async () => {
    const raw = await RawSocket.init(http.port);
    for (let i = 0; i < 12; i++) {
      raw.subscribe('same', 'query A { __typename } query B { __typename }');
      expect(await raw.next()).toMatchObject({ id: 'same', type: 'error' });
    }
    raw.subscribe('same', '{ __typename }');
    expect(await raw.next()).toMatchObject({ id: 'same', type: 'next' });
    raw.socket.close();
  });

  it('is closed with 1013 if it cannot be served, after which the graphql-ws client reconnects', async () => {
    const client = createClient({
      url: `ws://127.0.0.1:${http.port}/graphql`,
      retryWait: () => Promise.resolve(),
    });
    const closed: unknown[] = [];
    client.on('closed', (event) => void closed.push((event as { readonly code: number }).code));
    const broken = vi.spyOn(Payload.prototype, 'tail', 'get').mockImplementationOnce(() => {
      throw new Error('broken');
    });
    const updates = client.iterate({ query: seatUpdates, variables: { e: http.eventId } });
    expect(updateOf((await updates.next()).value)).toMatchObject({ __typename: 'SeatMapSnapshot' });
    expect(closed).toEqual([1013]);
    broken.mockRestore();
    await updates.return?.();
    await client.dispose();
    await allLeft();
  });

  it('serves the graphql-ws client', async () => {
    const client = createClient({ url: `ws://127.0.0.1:${http.port}/graphql` });
    const updates = client.iterate({ query: seatUpdates, variables: { e: http.eventId } });
    const first = updateOf((await updates.next()).value);
    await hold(http, 4);
    expect(updateOf((await updates.next()).value)).toMatchObject({ fromVersion: first.version });
    await updates.return?.();
    await client.dispose();
    await allLeft();
  });
});

describe('stopping', () => {
  it('closes sockets in waves, refuses new ones, and leaves no subscriber', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => RawSocket.init(http.port)));
    const order: number[] = [];
    for (const [i, raw] of sockets.entries()) {
      raw.subscribe('1', seatUpdates, { e: http.eventId });
      await raw.next();
      void raw.closed.then(() => order.push(i));
    }
    const stopped = http.stop();
    await sockets[0]?.closed;
    expect(order.length).toBeLessThan(30);
    expect(new Set(await Promise.all(sockets.map(({ closed }) => closed)))).toEqual(new Set([1001]));
    await stopped;
    await allLeft();
  });
});
