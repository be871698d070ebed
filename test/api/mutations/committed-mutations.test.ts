import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { schema } from '../../../src/graphql/schema/schema.ts';
import { encodeBookingId } from '../../../src/platform/ids.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { eventInputFor } from './event-input.fixture.ts';
import { RawSocket, startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
let hall: Hall;
beforeAll(async () => {
  http = await startHttp();
  const { reads } = http.context.database;
  hall = await createHall(reads, { rows: 10 });
  const rules = { holdExtensionMs: 60_000, holdTtlMs: 60_000, buyersMayCancel: true };
  await reads.event.update({ where: { id: http.hall.eventId }, data: rules });
});
afterAll(() => http.close());

const DETAILS = `fragment details on Node {
  id ... on Booking { status seats { label } } ... on Event { rows: seats(first: 1) { edges { node { label } } } } }`;

type Input = Record<string, unknown>;

function document(field: string): string {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${type}!) { done: ${field}(input: $input) { __typename ... on Node { ...details } } } ${DETAILS}`;
}

/* oxlint-disable typescript/no-explicit-any -- Answers have the form that each test asks for. */
interface Answer {
  readonly data: any;
  readonly errors?: any;
}
/* oxlint-enable typescript/no-explicit-any */

async function send(query: string, variables: Input, token: string): Promise<Answer> {
  const response = await http.post({ query, variables }, { authorization: `Bearer ${token}` });
  return (await response.json()) as Answer;
}

/** Until the end of the test, every statement that reads seat labels waits until lock_timeout cancels it. */
async function stallLabels(): Promise<void> {
  const client = new pg.Client({ connectionString: http.context.config.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN; LOCK TABLE venue_seats IN ACCESS EXCLUSIVE MODE');
}

async function held(seat: number) {
  const token = await http.token();
  const query = `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }`;
  const input = { eventId: http.eventId, seatIds: [http.seatId(seat)] };
  const { data } = await send(query, { input }, token);
  return { token, bookingId: data.holdSeats.id as string };
}

describe('a committed mutation whose result cannot be read', () => {
  test('says so on every transport, with the ID and status of the booking', async () => {
    const buyers = await Promise.all([1, 3, 5, 7, 9, 11].map(held));
    const [confirming, releasing, extending, changing, canceling, overSocket] = buyers;
    const confirm =
      'mutation ($input: ConfirmBookingInput!) { confirmBooking(input: $input) { __typename } }';
    await send(confirm, { input: { bookingId: canceling?.bookingId } }, canceling?.token ?? '');
    await stallLabels();
    const newcomer = { token: await http.token(), bookingId: null };
    const socket = await RawSocket.init(http.port, { authorization: `Bearer ${overSocket?.token}` });
    onTestFinished(() => socket.socket.close());
    socket.subscribe('1', document('confirmBooking'), { input: { bookingId: overSocket?.bookingId } });
    const cases = [
      ['holdSeats', newcomer, 'HOLD', 'The hold was created'],
      ['confirmBooking', confirming, 'CONFIRMED', 'The booking was confirmed'],
      ['releaseBooking', releasing, 'RELEASED', 'The booking was released'],
      ['extendHold', extending, 'HOLD', 'The hold was extended'],
      ['changeSeats', changing, 'HOLD', 'The hold was changed'],
      ['cancelBooking', canceling, 'CANCELED', 'The booking was canceled'],
    ] as const;
    await Promise.all(
      cases.map(async ([field, buyer, status, did]) => {
        const seatIds = [http.seatId(field === 'holdSeats' ? 20 : 30)];
        const bookingId = buyer?.bookingId ?? undefined;
        const input = {
          ...(field === 'holdSeats' ? { eventId: http.eventId, seatIds } : { bookingId }),
          ...(field === 'changeSeats' ? { seatIds } : {}),
        };
        const { data, errors } = await send(document(field), { input }, buyer?.token ?? '');
        const message = `${did}, but the result could not be read. Do not retry; query the object by the ID in the extensions.`;
        const extensions = { code: 'BUSY', committed: true, bookingId: expect.any(String), status };
        expect({ data, errors }).toEqual({
          data: { done: null },
          errors: [expect.objectContaining({ message, extensions })],
        });
        if (bookingId !== undefined) expect(errors[0].extensions.bookingId).toBe(bookingId);
      }),
    );
    expect((await socket.next())['payload']).toMatchObject({
      data: { done: null },
      errors: [{ extensions: { code: 'BUSY', committed: true, bookingId: overSocket?.bookingId } }],
    });
    const bookings = await http.context.database.reads.booking.findMany({
      where: { eventId: http.hall.eventId },
    });
    const statuses = new Map(
      bookings.map(({ id, status }) => [encodeBookingId(http.hall.eventId, id), status]),
    );
    expect(buyers.map(({ bookingId }) => statuses.get(bookingId))).toEqual([
      'CONFIRMED',
      'RELEASED',
      'HOLD',
      'HOLD',
      'CANCELED',
      'CONFIRMED',
    ]);
    expect(bookings.filter(({ status }) => status === 'HOLD')).toHaveLength(3);
  });

  test('says so for an event too', async () => {
    await stallLabels();
    const { organizerId } = http.hall;
    const { token } = await http.context.identity.issue({ userId: organizerId, role: 'ORGANIZER' });
    const input = { eventId: http.eventId, seatIds: [http.seatId(39)] };
    expect(await send(document('blockSeats'), { input }, token)).toMatchObject({
      data: { done: null },
      errors: [{ extensions: { code: 'BUSY', committed: true, eventId: http.eventId } }],
    });
  });

  test('says so together with the client error that caused it', async () => {
    const { token } = await http.context.identity.issue({ userId: hall.organizerId, role: 'ORGANIZER' });
    const query = document('createEvent').replace('first: 1', 'first: 500');
    const { data, errors } = await send(query, { input: eventInputFor(hall) }, token);
    expect(data).toEqual({ done: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', committed: true, eventId: expect.any(String) } },
    ]);
  });

  test('does not affect another mutation of the same document', async () => {
    const { token, bookingId } = await held(13);
    await stallLabels();
    const query = `mutation ($input: ConfirmBookingInput!) {
      read: confirmBooking(input: $input) { ... on Booking { id status } }
      unread: confirmBooking(input: $input) { ... on Booking { seats { label } event { seats(first: 1) { edges { node { label } } } } } } }`;
    const { data, errors } = await send(query, { input: { bookingId } }, token);
    expect(data).toEqual({ read: { id: bookingId, status: 'CONFIRMED' }, unread: null });
    expect(errors).toMatchObject([{ extensions: { committed: true, bookingId } }]);
  });
});

describe('an error in one field of a mutation', () => {
  test('does not remove the result of another field', async () => {
    const { token, bookingId } = await held(15);
    const query = `mutation ($confirm: ConfirmBookingInput!, $status: SetEventStatusInput!) {
      confirmBooking(input: $confirm) { ... on Booking { status } }
      setEventStatus(input: $status) { __typename }
      startGuestSession { __typename } }`;
    const status = { eventId: http.eventId, status: 'ENDED' };
    const { data, errors } = await send(query, { confirm: { bookingId }, status }, token);
    expect(data).toEqual({
      confirmBooking: { status: 'CONFIRMED' },
      setEventStatus: null,
      startGuestSession: { __typename: 'GuestSession' },
    });
    expect(errors).toMatchObject([{ path: ['setEventStatus'], extensions: { code: 'FORBIDDEN' } }]);
  });

  test.each(Object.keys(schema.getMutationType()?.getFields() ?? {}))('cannot: %s is nullable', (field) => {
    expect(String(schema.getMutationType()?.getFields()[field]?.type)).not.toMatch(/!$/);
  });
});
