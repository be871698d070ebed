import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import {
  encodeBookingId,
  encodeId,
  encodeEventId,
  parseBookingId,
  encodeSeatId,
} from '../../../src/platform/ids.ts';
import { createEventIn, createHall, type Hall } from '../../support/hall.ts';
import { createBuyerId, tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall();
const buyer = createBuyerId();
const organizer = (): Viewer => ({ userId: hall().organizerId, role: 'ORGANIZER' });
const stranger: Viewer = { userId: randomUUID(), role: 'ORGANIZER' };
const eventId = () => encodeEventId(hall().eventId);

const bookings: Record<'held' | 'overdue' | 'confirmed' | 'released', string> = {
  held: '',
  overdue: '',
  confirmed: '',
  released: '',
};
let draft: number;
let another: Hall;

async function mutate(field: string, input: object, viewer = buyer): Promise<string> {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const { data } = await client().ask(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ... on Booking { id } } }`,
    { input },
    viewer,
  );
  return data[field].id as string;
}

const hold = (index: number, viewer = buyer, event = hall().eventId) =>
  mutate('holdSeats', { eventId: encodeEventId(event), seatIds: [encodeSeatId(event, index)] }, viewer);

beforeAll(async () => {
  const { reads } = client().app.database;
  const { venueId, seatCount, organizerId } = hall();
  draft = await createEventIn(reads, venueId, seatCount, organizerId, { status: 'DRAFT', tiers });
  another = await createHall(reads, { organizerId: stranger.userId });
  bookings.confirmed = await hold(0);
  await mutate('confirmBooking', { bookingId: bookings.confirmed });
  bookings.released = await hold(1);
  await mutate('releaseBooking', { bookingId: bookings.released });
  bookings.overdue = await hold(2, createBuyerId());
  const { bookingId = '' } = parseBookingId(bookings.overdue) ?? {};
  await reads.booking.update({
    where: { eventId_id: { eventId: hall().eventId, id: bookingId } },
    data: { createdAt: new Date(Date.now() - 60_000), holdExpiresAt: new Date(Date.now() - 1_000) },
  });
  bookings.held = await hold(3, createBuyerId());
});

describe('an organizer reads', () => {
  const ask = (query: string, viewer: Viewer | null = organizer()) =>
    client().ask(
      query.replaceAll('$id', `"${eventId()}"`).replaceAll('$booking', `"${bookings.held}"`),
      {},
      viewer,
    );

  test('their own venues and events, including drafts, and no others', async () => {
    const { data, errors } = await ask(
      `{ viewer { venues { totalCount edges { node { id name seatCount } } }
                  events { totalCount edges { node { id status venue { name } } } }
                  drafts: events(status: DRAFT) { totalCount edges { node { id } } } } }`,
    );
    expect(errors).toEqual([]);
    const venue = { id: encodeId('Venue', hall().venueId), name: 'Test Hall', seatCount: 120 };
    expect(data.viewer.venues).toEqual({ totalCount: 1, edges: [{ node: venue }] });
    expect(data.viewer.events.totalCount).toBe(2);
    expect(data.viewer.events.edges.map((edge: { node: { id: string } }) => edge.node.id).sort()).toEqual(
      [eventId(), encodeEventId(draft)].sort(),
    );
    expect(data.viewer.drafts).toEqual({ totalCount: 1, edges: [{ node: { id: encodeEventId(draft) } }] });
  });

  test('the bookings of all buyers of an event, newest first, with all fields', async () => {
    const { data, errors } = await ask(
      `{ event(id: $id) { bookings { totalCount edges { node { id status total { amount } seats { index } event { id } } } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data.event.bookings).toEqual({
      totalCount: 4,
      edges: (['held', 'overdue', 'released', 'confirmed'] as const).map((name, i) => ({
        node: {
          id: bookings[name],
          status: ['HOLD', 'EXPIRED', 'RELEASED', 'CONFIRMED'][i],
          total: { amount: 5_000 },
          seats: [{ index: [3, 2, 1, 0][i] }],
          event: { id: eventId() },
        },
      })),
    });
  });

  test.each([
    ['HOLD', 'held'],
    ['EXPIRED', 'overdue'],
    ['RELEASED', 'released'],
    ['CONFIRMED', 'confirmed'],
    ['CANCELED', null],
  ] as const)('bookings that read as %s', async (status, name) => {
    const { data } = await ask(
      `{ event(id: $id) { bookings(status: ${status}) { totalCount edges { node { id } } } } }`,
    );
    const edges = name === null ? [] : [{ node: { id: bookings[name] } }];
    expect(data.event.bookings).toEqual({ totalCount: edges.length, edges });
  });

  test('a booking of the event by its ID, and no other booking', async () => {
    const foreign = await hold(0, createBuyerId(), another.eventId);
    const one = async (booking: string) => {
      const { data, errors } = await client().ask(
        'query ($id: ID!, $booking: ID!) { event(id: $id) { booking(id: $booking) { id status } } }',
        { id: eventId(), booking },
        organizer(),
      );
      expect(errors).toEqual([]);
      return data.event.booking as unknown;
    };
    expect(await one(bookings.held)).toEqual({ id: bookings.held, status: 'HOLD' });
    for (const booking of [foreign, encodeBookingId(hall().eventId, randomUUID()), eventId(), 'x'])
      expect(await one(booking)).toBeNull();
  });

  test('the bookings of several of their events at once', async () => {
    const { data, errors } = await ask(
      '{ viewer { events { edges { node { id bookings(first: 1) { totalCount edges { node { id } } } } } } } }',
    );
    expect(errors).toEqual([]);
    const counts = data.viewer.events.edges.map(
      (edge: { node: { id: string; bookings: { totalCount: number; edges: unknown[] } } }) => [
        edge.node.id,
        edge.node.bookings.totalCount,
        edge.node.bookings.edges,
      ],
    ) as unknown[];
    expect(counts).toHaveLength(2);
    expect(counts).toContainEqual([eventId(), 4, [{ node: { id: bookings.held } }]]);
    expect(counts).toContainEqual([encodeEventId(draft), 0, []]);
  });

  test.each([
    '{ event(id: $id) { name bookings { totalCount } } }',
    '{ event(id: $id) { name booking(id: $booking) { id } } }',
  ])('what is refused to buyers, to other organizers and to nobody: %s', async (query) => {
    for (const viewer of [
      buyer,
      stranger,
      { ...organizer(), role: 'BUYER' as const },
      { userId: randomUUID(), role: 'BUYER' as const },
    ]) {
      const { data, errors } = await ask(query, viewer);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      // The rest of the response is unchanged.
      expect(data.event.name).toBe('Test Night');
    }
    expect((await ask(query, null)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  test.each(['{ viewer { id venues { totalCount } } }', '{ viewer { id events { totalCount } } }'])(
    'a field that is null for buyers: %s',
    async (query) => {
      const { data, errors } = await ask(query, buyer);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
      expect(data.viewer.id).toBe(encodeId('User', buyer.userId));
    },
  );

  test('no more than the maximum cost at once', async () => {
    const query = (n: number) =>
      `{ viewer { events(first: ${n}) { edges { node { bookings(first: 100) { edges { node { id status } } } } } } } }`;
    expect((await ask(query(10))).errors).toEqual([]);
    expect((await ask(query(100))).errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });

  test('no booking through Query.booking or node, which return only the caller’s bookings', async () => {
    const { data } = await ask(
      '{ event(id: $id) { id } booking(id: $booking) { id } node(id: $booking) { id } }',
    );
    expect(data).toEqual({ event: { id: eventId() }, booking: null, node: null });
  });
});
