import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { parseBookingId, encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { writeOrder } from '../../../src/platform/service/service.sql.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall, type Hall } from '../../support/hall.ts';

let client: SchemaClient;
let hall: Hall;
const buyer: Viewer = { userId: randomUUID(), role: 'BUYER' };
const organizer = (): Viewer => ({ userId: hall.organizerId, role: 'ORGANIZER' });

beforeAll(async () => {
  client = await createSchemaClient({ serviceLimits: { stayMinMs: 0, everyMs: 50, tickMs: 20 } });
  hall = await createHall(client.app.database.reads);
});
afterAll(() => client.close());

async function order(mode: 'AUTO' | 'READ_ONLY', reason: string | null = null): Promise<void> {
  await writeOrder(client.app.database.reads, { mode, reason });
  const areOn = mode === 'AUTO';
  await eventually('the order applies', () => client.app.service.areOn === areOn);
}

async function whileOff<T>(work: () => Promise<T>): Promise<T> {
  await order('READ_ONLY', 'Upgrade of the database until noon.');
  try {
    return await work();
  } finally {
    await order('AUTO');
  }
}

const event = () => encodeEventId(hall.eventId);
const seatIds = (...indexes: number[]) => indexes.map((index) => encodeSeatId(hall.eventId, index));

async function mutate(field: string, input: object, viewer: Viewer = buyer) {
  const isRequest = field === 'requestHold';
  const type = isRequest ? 'HoldSeatsInput' : `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const booking = field.endsWith('Booking') || field === 'holdSeats' ? '... on Booking { id status }' : '';
  const { data, errors } = await client.ask(
    `mutation ($input: ${type}!) { ${field}(input: $input) { __typename
       ${booking} ... on ReadOnlyError { code retryAfterSeconds } } }`,
    { input },
    viewer,
  );
  expect(errors).toEqual([]);
  return data[field] as { readonly __typename: string; readonly id?: string };
}

const refused = { __typename: 'ReadOnlyError', code: 'READ_ONLY', retryAfterSeconds: 30 };

describe('while an operator has switched writes off', () => {
  it('mutations of buyers and organizers return ReadOnlyError, and nothing is written', async () => {
    const held = await mutate('holdSeats', { eventId: event(), seatIds: seatIds(0) });
    const booking = { bookingId: held.id };
    const before = await client.app.database.reads.event.findMany();
    await whileOff(async () => {
      const attempts: [string, object, Viewer?][] = [
        ['holdSeats', { eventId: event(), seatIds: seatIds(1) }],
        ['holdBestAvailable', { eventId: event(), quantity: 2 }],
        ['confirmBooking', booking],
        ['releaseBooking', booking],
        ['requestHold', { eventId: event(), seatIds: seatIds(1), idempotencyKey: 'key' }],
        ['blockSeats', { eventId: event(), seatIds: seatIds(2) }, organizer()],
        ['setEventStatus', { eventId: event(), status: 'PAUSED' }, organizer()],
      ];
      for (const [field, input, viewer] of attempts)
        expect({ field, ...(await mutate(field, input, viewer)) }).toEqual({ field, ...refused });
    });
    expect(await client.app.database.reads.event.findMany()).toEqual(before);
    expect(await mutate('confirmBooking', booking)).toMatchObject({ status: 'CONFIRMED' });
  });

  it('a hold whose deadline passed meanwhile still stands, and can be confirmed afterwards', async () => {
    const { reads } = client.app.database;
    const held = await mutate('holdSeats', { eventId: event(), seatIds: seatIds(20) });
    const { bookingId } = parseBookingId(held.id ?? '') ?? {};
    const read = async () => {
      const { data } = await client.ask(
        `query ($id: ID!) { booking(id: $id) { status holdExpiresAt } viewer {
          open: bookings(status: HOLD) { totalCount } ended: bookings(status: EXPIRED) { totalCount } } }`,
        { id: held.id },
        buyer,
      );
      const { booking, viewer } = data;
      const shownMs = Date.parse(booking.holdExpiresAt as string);
      return {
        status: booking.status as string,
        isOver: shownMs <= Date.now(),
        open: viewer.open.totalCount,
        ended: viewer.ended.totalCount,
      };
    };
    const before = await read();
    expect(before).toMatchObject({ status: 'HOLD', isOver: false });
    await whileOff(async () => {
      // As if the outage had begun ten minutes ago. The deadline lies in between. In one transaction: the process reads meanwhile.
      await reads.$transaction([
        reads.outage.deleteMany(),
        reads.$executeRaw`INSERT INTO outages (started_at, credited_until)
          VALUES (clock_timestamp() - interval '10 minutes', clock_timestamp() + interval '1 hour')`,
        reads.$executeRaw`UPDATE service_state SET probed_at = NULL`,
        reads.$executeRaw`UPDATE bookings SET created_at = created_at - interval '1 hour',
          hold_expires_at = clock_timestamp() - interval '5 minutes' WHERE id = ${bookingId}::uuid`,
      ]);
      await eventually('the hold is shown', async () => (await read()).status === 'HOLD');
      // Nobody knows for how long the outage will count.
      expect(await read()).toEqual({ ...before, isOver: true });
    });
    expect(await read()).toEqual(before);
    expect(await mutate('confirmBooking', { bookingId: held.id })).toMatchObject({ status: 'CONFIRMED' });
  });

  it('reads, live maps and new guests go on', async () => {
    const { eventId } = hall;
    await whileOff(async () => {
      const { data, errors } = await client.ask(
        'query ($id: ID!) { event(id: $id) { name seatMap { version } } events(first: 1) { totalCount } }',
        { id: encodeEventId(eventId) },
      );
      expect(errors).toEqual([]);
      expect(data.event.seatMap.version).toEqual(expect.any(Number));
      const guest = await client.ask('mutation { startGuestSession { token } }');
      expect(guest.data.startGuestSession.token).toEqual(expect.any(String));
      const updates = client.follow('subscription ($id: ID!) { seatUpdates(eventId: $id) { __typename } }', {
        id: event(),
      });
      expect((await updates.next()).value).toMatchObject({
        data: { seatUpdates: { __typename: 'SeatMapSnapshot' } },
      });
      await updates.return();
    });
  });

  it('a waiting room gives places until its numbers run out', async () => {
    const { eventId, organizerId } = await createHall(client.app.database.reads);
    const id = encodeEventId(eventId);
    const join = async () => {
      const { data } = await client.ask(
        `mutation ($id: ID!) { joinWaitingRoom(eventId: $id) { __typename
           ... on WaitingRoomPlace { number } ... on BusyError { retryAfterSeconds } } }`,
        { id },
        { userId: randomUUID(), role: 'BUYER' },
      );
      return data.joinWaitingRoom as object;
    };
    await client.ask(
      'mutation ($input: ConfigureWaitingRoomInput!) { configureWaitingRoom(input: $input) { __typename } }',
      { input: { eventId: id, mode: 'ON' } },
      { userId: organizerId, role: 'ORGANIZER' },
    );
    await whileOff(async () => {
      expect(await join()).toEqual({ __typename: 'BusyError', retryAfterSeconds: 30 });
    });
    expect(await join()).toMatchObject({ number: 1 });
    await whileOff(async () => {
      expect(await join()).toMatchObject({ number: 2 });
    });
  });

  it('clients learn the mode, the reason, and when it is over', async () => {
    const fields = '{ mode since reason }';
    const normal = { mode: 'NORMAL', reason: null, since: expect.any(String) as unknown };
    const off = {
      mode: 'READ_ONLY',
      reason: 'Upgrade of the database until noon.',
      since: expect.any(String) as unknown,
    };
    const updates = client.follow(`subscription { serviceUpdates ${fields} }`);
    expect((await updates.next()).value).toMatchObject({ data: { serviceUpdates: normal } });
    await whileOff(async () => {
      expect((await updates.next()).value).toMatchObject({ data: { serviceUpdates: off } });
      expect((await client.ask(`{ service ${fields} }`)).data.service).toEqual(off);
    });
    await eventually('writes are on', async () => {
      const { value } = await updates.next();
      return value?.data.serviceUpdates.mode === 'NORMAL';
    });
    await updates.return();
  });

  it('tokens of users who are not stored yet are good for reads', async () => {
    const unknown = randomUUID();
    await whileOff(async () => {
      await client.app.identity.issue({ userId: unknown, role: 'ORGANIZER' });
      expect(await client.app.database.reads.user.count({ where: { id: unknown } })).toBe(0);
    });
    await client.app.identity.issue({ userId: unknown, role: 'ORGANIZER' });
    expect(await client.app.database.reads.user.count({ where: { id: unknown } })).toBe(1);
  });
});

it('commands that wait when writes are switched off are refused with ReadOnlyError', async () => {
  const { database, groupCommit, service } = client.app;
  const { organizerId, eventId } = hall;
  let waiting: Promise<unknown> | undefined;
  await database.reads.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM events WHERE id = ${eventId} FOR UPDATE`;
    const block = (seat: number) =>
      groupCommit.submit(eventId, {
        command: { kind: 'block', organizerId, seats: [seat] },
        choice: null,
      });
    const first = block(10);
    first.catch(() => undefined);
    await eventually('a batch is in flight', () => groupCommit.countWaiting(eventId) === 0);
    waiting = block(11);
    waiting.catch(() => undefined);
    await writeOrder(database.worker, { mode: 'READ_ONLY', reason: null });
    await eventually('writes are off', () => !service.areOn);
    await expect(waiting).rejects.toMatchObject({ code: 'READ_ONLY' });
    const refusedAtOnce = block(12);
    expect(groupCommit.countWaiting(eventId)).toBe(0);
    await expect(refusedAtOnce).rejects.toMatchObject({ code: 'READ_ONLY' });
  });
  await order('AUTO');
});
