import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { HttpConnection } from '../../bench/http/http-client.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import type { MeasuredCosts } from '../inputs.ts';
import type { Meter, Usage } from './meter.ts';
import { anonymousHead, CONNECTIONS, createSession, post, runAll } from './requests.ts';

/** Each may hold six seats. */
const BUYERS = 2_000;
const ALONE = 400;
const BATCHED = 4_000;
const VISITS = 1_000;

const eventPage = `query ($e: ID!) { event(id: $e) { name startsAt onSaleAt status venue { name }
  priceTiers { name } availability { available held booked blocked } seatMap { version layoutUrl } } }`;
const hold = `mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename
  ... on Booking { id status createdAt holdExpiresAt } ... on Error { code message } } }`;
const confirm = `mutation ($i: ConfirmBookingInput!) { confirmBooking(input: $i) { __typename
  ... on Booking { id status confirmedAt } ... on Error { code message } } }`;

/** Measures what visits, holds and confirmations of two seats cost, alone and with others. */
export async function measureBuyers(
  meter: Meter,
  server: ServerProcess,
  eventId: number,
): Promise<MeasuredCosts> {
  const event = encodeEventId(eventId);
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(server.port)),
  );
  const run = (
    total: number,
    callers: number,
    work: (connection: HttpConnection, i: number) => Promise<void>,
  ) => meter.measure(server, eventId, () => runAll(connections.slice(0, callers), total, work));
  const heads: string[] = [];
  const bookings: string[] = [];

  const sessions = await run(BUYERS, CONNECTIONS, async (connection, i) => {
    heads[i] = await createSession(connection);
  });
  let pageBytes = 0;
  const pages = await run(VISITS, CONNECTIONS, async (connection) => {
    const { head, body } = await connection.send(post(anonymousHead, eventPage, { e: event }));
    pageBytes += head.length + 4 + body.length;
  });

  const mutate = async (connection: HttpConnection, i: number, query: string, input: object) => {
    const { body } = await connection.send(post(heads[i % BUYERS] ?? '', query, { i: input }));
    const id = /"__typename":"Booking","id":"([^"]+)"/.exec(body.toString())?.[1];
    if (id === undefined) throw new Error(`refused: ${body.toString()}`);
    return id;
  };
  const holds = (first: number) => async (connection: HttpConnection, n: number) => {
    const i = first + n;
    const seatIds = [2 * i, 2 * i + 1].map((seat) => encodeSeatId(eventId, seat));
    bookings[i] = await mutate(connection, i, hold, { eventId: event, seatIds });
  };
  const confirms = (first: number) => async (connection: HttpConnection, n: number) =>
    void (await mutate(connection, first + n, confirm, { bookingId: bookings[first + n] }));
  // Compiles the code and grows the pools.
  const warmUp = 500;
  await run(warmUp, CONNECTIONS, holds(0));
  await run(warmUp, CONNECTIONS, confirms(0));
  const holdsAlone = await run(ALONE, 1, holds(warmUp));
  const confirmsAlone = await run(ALONE, 1, confirms(warmUp));
  const holdsBatched = await run(BATCHED, CONNECTIONS, holds(warmUp + ALONE));
  const confirmsBatched = await run(BATCHED, CONNECTIONS, confirms(warmUp + ALONE));
  for (const connection of connections) connection.close();

  return {
    sessionApiMicros: sessions.apiMicros / BUYERS,
    pageApiMicros: pages.apiMicros / VISITS,
    pagePostgresMicros: pages.postgresMicros / VISITS,
    pageBytes: pageBytes / VISITS,
    ...toCommandCosts(holdsAlone, holdsBatched, confirmsAlone, confirmsBatched),
  };
}

function toCommandCosts(holds: Usage, holdsBatched: Usage, confirms: Usage, confirmsBatched: Usage) {
  const batches = holdsBatched.batches + confirmsBatched.batches;
  return {
    // Both are measured in one run, so that other work on the machine changes their ratio less than their costs.
    confirmToHoldApi: confirmsBatched.apiMicros / holdsBatched.apiMicros,
    confirmToHoldPostgres: confirmsBatched.postgresMicros / holdsBatched.postgresMicros,
    holdWalBytesAlone: holds.walBytes / ALONE,
    holdWalBytesBatched: holdsBatched.walBytes / BATCHED,
    confirmWalBytesAlone: confirms.walBytes / ALONE,
    confirmWalBytesBatched: confirmsBatched.walBytes / BATCHED,
    messageBytesAlone: (holds.messageBytes + confirms.messageBytes) / (2 * ALONE),
    messageBytesBatched: (holdsBatched.messageBytes + confirmsBatched.messageBytes) / (2 * BATCHED),
    batchedSize: (2 * BATCHED) / batches,
  };
}
