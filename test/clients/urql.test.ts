import { Client, fetchExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startHttp, type HttpFixture } from '../api/http/http.fixture.ts';
import * as documents from './documents.ts';
import { Received } from './received.ts';
import { overSocket } from './urql-over-socket.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

it('urql looks an event up, holds a seat, and sees the change live', async () => {
  let token = '';
  const authorization = (): Record<string, string> =>
    token === '' ? {} : { authorization: `Bearer ${token}` };
  const socket = createClient({
    url: `${http.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
  });
  const client = new Client({
    url: `${http.url}/graphql`,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: authorization() }),
    exchanges: [fetchExchange, overSocket(socket)],
  });

  const event = await client.query<documents.EventAnswer>(documents.EVENT, { eventId: http.eventId });
  expect(event.error).toBeUndefined();
  expect(event.data?.event.name).toBe('Test Night');

  const session = await client.mutation<documents.SessionAnswer>(documents.SESSION, {});
  token = session.data?.startGuestSession?.token ?? '';

  const updates = new Received<documents.UpdateAnswer>();
  const following = client
    .subscription<documents.UpdateAnswer>(documents.UPDATES, { eventId: http.eventId })
    .subscribe(({ data }) => data && updates.push(data));
  expect(await updates.next()).toMatchObject({ seatUpdates: { __typename: 'SeatMapSnapshot', version: 0 } });

  const seatId = event.data?.event.seats.edges[0]?.node.id;
  const hold = { input: { eventId: http.eventId, seatIds: [seatId] } };
  const held = await client.mutation<documents.HoldAnswer>(documents.HOLD, hold);
  expect(held.data?.holdSeats).toMatchObject({ __typename: 'Booking', status: 'HOLD' });
  expect(await updates.next()).toMatchObject({
    seatUpdates: { __typename: 'SeatsChanged', version: 1, seats: [{ seatId, status: 'HELD' }] },
  });

  const again = await client.mutation<documents.HoldAnswer>(documents.HOLD, hold);
  expect(again.data?.holdSeats).toMatchObject({
    __typename: 'SeatsUnavailableError',
    code: 'SEATS_UNAVAILABLE',
  });

  following.unsubscribe();
  await socket.dispose();
});
