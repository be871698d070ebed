import { expect, test } from 'vitest';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId, parseBookingId } from '../../../src/platform/ids.ts';
import { createBuyerId, hallsWithRules, seats } from './hold-rules.fixture.ts';

const { client, hall, mutate, hold } = hallsWithRules();

const db = () => client().app.database.reads;

/** Ends the hold now. Others can take its seats in half a minute: no real delay is as long as a slow test. */
async function passDeadline(bookingId: string): Promise<void> {
  await db().$executeRaw(
    sql`ALTER TABLE bookings DROP CONSTRAINT IF EXISTS bookings_takeover_delay_in_range`,
  );
  await db()
    .$executeRaw(sql`UPDATE bookings SET created_at = created_at - interval '1 hour', takeover_delay_ms = 30000,
    hold_expires_at = date_trunc('milliseconds', clock_timestamp()) WHERE id = ${parseBookingId(bookingId)?.bookingId}::uuid`);
}

test('after the deadline, the owner reads EXPIRED while the map still shows the seats as HELD', async () => {
  const at = await hall({ takeoverDelay: true });
  const buyer = createBuyerId();
  const { id } = await hold(at, buyer, 0, 1);
  await passDeadline(id);
  const { data } = await client().ask(
    `query ($id: ID!, $event: ID!) {
       node(id: $id) { ... on Booking { status seats { status } } }
       event(id: $event) { availability { available held } } }`,
    { id, event: encodeEventId(at.eventId) },
    buyer,
  );
  expect(data).toEqual({
    node: { status: 'EXPIRED', seats: [{ status: 'HELD' }, { status: 'HELD' }] },
    event: { availability: { available: 38, held: 2 } },
  });
  const lists = await client().ask(
    '{ viewer { held: bookings(status: HOLD) { totalCount } expired: bookings(status: EXPIRED) { totalCount } } }',
    {},
    buyer,
  );
  expect(lists.data.viewer).toEqual({ held: { totalCount: 0 }, expired: { totalCount: 1 } });
});

test('others get the same refusal before the deadline and after it', async () => {
  const at = await hall({ takeoverDelay: true });
  const { id } = await hold(at, createBuyerId(), 0, 1);
  const sniper = createBuyerId();
  const snipe = () =>
    mutate('holdSeats', { eventId: encodeEventId(at.eventId), seatIds: seats(at, 1, 2) }, sniper);
  const before = await snipe();
  expect(before.result).toMatchObject({ code: 'SEATS_UNAVAILABLE' });
  await passDeadline(id);
  expect(await snipe()).toEqual(before);
});

test('the schema has the setting, but not the moment', async () => {
  const { data } = await client().ask(
    '{ __schema { types { name fields { name } inputFields { name } } } }',
    {},
    createBuyerId(),
  );
  const { types } = data.__schema as {
    types: { name: string; fields: { name: string }[] | null; inputFields: { name: string }[] | null }[];
  };
  const found = types.flatMap(({ name, fields, inputFields }) =>
    [...(fields ?? []), ...(inputFields ?? [])]
      .filter((field) => /takeover|takenOver/i.test(field.name))
      .map((field) => `${name}.${field.name}`),
  );
  expect(found.sort()).toEqual(['CreateEventInput.takeoverDelay', 'Event.takeoverDelay']);
});
