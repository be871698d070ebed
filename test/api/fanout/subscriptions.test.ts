import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmBooking } from '../../../src/booking/operations/confirm-booking.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeBookingId, encodeEventId, parseBookingId, encodeSeatId } from '../../../src/platform/ids.ts';
import { nextChange } from '../../support/next-change.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';

let client: SchemaClient;
let hall: Hall;
const buyer: Viewer = { userId: randomUUID(), role: 'BUYER' };

beforeAll(async () => {
  client = await createSchemaClient();
  hall = await createHall(client.app.database.reads);
});
afterAll(() => client.close());

const seatUpdates = `subscription ($id: ID!, $after: Int) { seatUpdates(eventId: $id, afterVersion: $after) { __typename
  ... on SeatMapSnapshot { eventId version states }
  ... on SeatsChanged { eventId fromVersion version seats { seatId index status } } } }`;

async function hold(index: number) {
  const { data } = await client.ask(
    'mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }',
    { input: { eventId: encodeEventId(hall.eventId), seatIds: [encodeSeatId(hall.eventId, index)] } },
    buyer,
  );
  return data.holdSeats.id as string;
}

test('seatUpdates sends the map first, then every change', async () => {
  const updates = client.follow(seatUpdates, { id: encodeEventId(hall.eventId) });
  const first = await updates.next();
  const snapshot = first.value?.data.seatUpdates;
  expect(snapshot).toMatchObject({ __typename: 'SeatMapSnapshot', eventId: encodeEventId(hall.eventId) });
  expect(snapshot.states).toBe(Buffer.alloc(10).toString('base64'));
  await hold(5);
  const second = await updates.next();
  expect(second.value?.data.seatUpdates).toEqual({
    __typename: 'SeatsChanged',
    eventId: encodeEventId(hall.eventId),
    fromVersion: snapshot.version,
    version: snapshot.version + 1,
    seats: [{ seatId: encodeSeatId(hall.eventId, 5), index: 5, status: 'HELD' }],
  });
  await updates.return();

  const resumed = client.follow(seatUpdates, { id: encodeEventId(hall.eventId), after: snapshot.version });
  expect((await resumed.next()).value?.data.seatUpdates).toEqual(second.value?.data.seatUpdates);
  await resumed.return();
});

test('bookingUpdates sends the current state first, then every change', async () => {
  const bookingId = await hold(7);
  const updates = client.follow(
    'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { id status seats { status } event { availability { held } } } }',
    { id: bookingId },
    buyer,
  );
  expect((await updates.next()).value?.data.bookingUpdates).toMatchObject({
    id: bookingId,
    status: 'HOLD',
    seats: [{ status: 'HELD' }],
  });
  await client.ask(
    'mutation ($id: ID!) { confirmBooking(input: { bookingId: $id }) { __typename } }',
    { id: bookingId },
    buyer,
  );
  expect((await updates.next()).value?.data.bookingUpdates).toMatchObject({
    status: 'CONFIRMED',
    seats: [{ status: 'BOOKED' }],
  });
  await updates.return();
});

test('bookingUpdates sends a change that it could not read at first', async () => {
  const bookingId = await hold(8);
  const updates = client.follow(
    'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { status seats { status } } }',
    { id: bookingId },
    buyer,
  );
  expect((await updates.next()).value?.data.bookingUpdates).toMatchObject({ status: 'HOLD' });
  // Longer than a read waits for a connection.
  const { reads } = client.app.database;
  const taken = Promise.all(
    Array.from({ length: 8 }, () => reads.$queryRaw(sql`SELECT 1 FROM pg_sleep(4.5)`)),
  );
  const { eventId, bookingId: id } = parseBookingId(bookingId) ?? { eventId: 0, bookingId: '' };
  await confirmBooking(client.app, { buyerId: buyer.userId, eventId, bookingId: id, idempotencyKey: null });
  expect((await updates.next()).value).toMatchObject({
    data: { bookingUpdates: { status: 'CONFIRMED', seats: [{ status: 'BOOKED' }] } },
    errors: [],
  });
  await taken;
  await updates.return();
});

test('bookingUpdates ends with an error if the booking no longer belongs to the caller', async () => {
  const bookingId = await hold(6);
  const updates = client.follow(
    'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { status } }',
    { id: bookingId },
    buyer,
  );
  expect((await updates.next()).value?.data.bookingUpdates).toMatchObject({ status: 'HOLD' });
  const { eventId, bookingId: id } = parseBookingId(bookingId) ?? { eventId: 0, bookingId: '' };
  const { database, feeds } = client.app;
  await database.reads.booking.updateMany({ where: { id }, data: { buyerId: hall.organizerId } });
  const feed = feeds.peek(eventId);
  feed?.apply(nextChange(feed, [], [id]));
  const { value } = await updates.next();
  expect(value).toMatchObject({ data: null, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  expect(await updates.next()).toEqual({ done: true, value: undefined });
});

test('an object that does not exist or is not the caller’s can’t be followed', async () => {
  const codeOf = async (query: string, id: string, viewer: Viewer | null) => {
    const { value } = await client.follow(query, { id }, viewer).next();
    return value?.errors[0]?.extensions.code as unknown;
  };
  const draft = await createHall(client.app.database.reads, { status: 'DRAFT' });
  for (const id of [
    'garbage',
    encodeEventId(9_999),
    encodeEventId(draft.eventId),
    encodeSeatId(hall.eventId, 1),
  ])
    expect(await codeOf(seatUpdates, id, null)).toBe('NOT_FOUND');

  const bookingUpdates = 'subscription ($id: ID!) { bookingUpdates(bookingId: $id) { id } }';
  const own = await hold(9);
  for (const id of ['garbage', own, encodeBookingId(hall.eventId, randomUUID())])
    expect(await codeOf(bookingUpdates, id, { userId: randomUUID(), role: 'BUYER' })).toBe('NOT_FOUND');
  expect(await codeOf(bookingUpdates, own, null)).toBe('UNAUTHENTICATED');
});

test('a crowd asks the database for permission to see the event once, and not again when it reconnects', async () => {
  const { eventId } = await createHall(client.app.database.reads);
  const watch = async () => {
    const updates = client.follow(seatUpdates, { id: encodeEventId(eventId) });
    expect((await updates.next()).value?.data.seatUpdates.__typename).toBe('SeatMapSnapshot');
    await updates.return();
  };
  const crowd = () => captureStatements(() => Promise.all(Array.from({ length: 30 }, watch)));
  const first = await crowd();
  expect(first.filter((text) => text.includes('readPublicVersion'))).toHaveLength(1);
  expect(first.filter((text) => text.includes('"public"."events"'))).toEqual([]);
  expect(await crowd()).toEqual([]);
});

test('a draft can be followed by its organizer, and by everyone once it is on sale', async () => {
  const { reads } = client.app.database;
  const { eventId, organizerId } = await createHall(reads, { status: 'DRAFT' });
  const first = async (viewer: Viewer | null) => {
    const updates = client.follow(seatUpdates, { id: encodeEventId(eventId) }, viewer);
    const { value } = await updates.next();
    await updates.return();
    return value?.errors[0]?.extensions.code ?? value?.data.seatUpdates.__typename;
  };
  expect(await first(null)).toBe('NOT_FOUND');
  expect(await first(buyer)).toBe('NOT_FOUND');
  expect(await first({ userId: organizerId, role: 'ORGANIZER' })).toBe('SeatMapSnapshot');
  await reads.event.update({ where: { id: eventId }, data: { status: 'ON_SALE' } });
  expect(await first(null)).toBe('SeatMapSnapshot');
});
