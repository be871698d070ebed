import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeBookingId, encodeId, encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { createEventIn } from '../../support/hall.ts';
import { createBuyerId, tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall();
const buyer = createBuyerId();
const stranger = createBuyerId();

async function hold(viewer: Viewer, ...indexes: number[]): Promise<string> {
  const { data } = await client().ask(
    `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }`,
    {
      input: {
        eventId: encodeEventId(hall().eventId),
        seatIds: indexes.map((i) => encodeSeatId(hall().eventId, i)),
      },
    },
    viewer,
  );
  return data.holdSeats.id as string;
}

describe('an event', () => {
  test('is found by its ID, with all fields', async () => {
    const { data, errors } = await client().ask(
      `query ($id: ID!) { event(id: $id) {
        id name startsAt status seatLimit venue { id name seatCount }
        priceTiers { name price { amount currency } color }
        availability { total available held booked blocked }
        seats(first: 2) { totalCount edges { node { id index label row section number status priceTier { name } } } }
        seatMap { version states layoutUrl } } }`,
      { id: encodeEventId(hall().eventId) },
    );
    expect(errors).toEqual([]);
    expect(data.event).toMatchObject({
      id: encodeEventId(hall().eventId),
      venue: { name: 'Test Hall', seatCount: 120 },
      priceTiers: [
        { name: 'Stalls', price: { amount: 5_000, currency: 'EUR' } },
        { name: 'Balcony', price: { amount: 3_000, currency: 'EUR' } },
      ],
      availability: { total: 120 },
      seats: {
        totalCount: 120,
        edges: [
          {
            node: {
              id: encodeSeatId(hall().eventId, 0),
              label: 'Block A, row 1, seat 1',
              priceTier: { name: 'Stalls' },
            },
          },
          { node: { index: 1, section: 'Block A', row: '1', number: '2' } },
        ],
      },
    });
    expect(data.event.seatMap.states).toHaveLength(40);
    expect(data.event.seatMap.layoutUrl).toMatch(/^\/layouts\/\d+\/[\w-]{22}\.json$/);
  });

  test.each([
    '',
    'x',
    'RXZlbnQ6MQ',
    encodeId('Event', 999_999),
    encodeId('Event', '01'),
    encodeId('Seat', '1:1'),
  ])('is null for the id %j', async (id) => {
    const { data, errors } = await client().ask(
      'query ($id: ID!) { event(id: $id) { id } booking(id: $id) { id } }',
      { id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ event: null, booking: null });
  });

  test('that is a draft is visible only to its organizer, through every field', async () => {
    const { organizerId, venueId, seatCount } = hall();
    const draft = await createEventIn(client().app.database.reads, venueId, seatCount, organizerId, {
      status: 'DRAFT',
      tiers,
    });
    const ask = (viewer: Viewer | null) =>
      client().ask(
        `query ($id: ID!, $seat: ID!) { event(id: $id) { id } node(id: $id) { id } seat: node(id: $seat) { id }
          nodes(ids: [$id]) { id } events(status: DRAFT) { totalCount edges { node { id } } } }`,
        { id: encodeEventId(draft), seat: encodeSeatId(draft, 0) },
        viewer,
      );
    const unseen = {
      event: null,
      node: null,
      seat: null,
      nodes: [null],
      events: { totalCount: 0, edges: [] },
    };
    expect((await ask(null)).data).toEqual(unseen);
    expect((await ask({ userId: randomUUID(), role: 'ORGANIZER' })).data).toEqual(unseen);
    const own = (await ask({ userId: organizerId, role: 'ORGANIZER' })).data;
    const it = { id: encodeEventId(draft) };
    expect(own).toMatchObject({
      event: it,
      node: it,
      nodes: [it],
      events: { totalCount: 1, edges: [{ node: it }] },
    });
  });
});

describe('a booking', () => {
  test('is visible only to its buyer', async () => {
    const id = await hold(buyer, 0, 1);
    const ask = (viewer: Viewer | null) =>
      client().ask(
        `query ($id: ID!) { booking(id: $id) { id } node(id: $id) { id ... on Booking { seats { index } event { name } } }
          nodes(ids: [$id]) { id } viewer { bookings(first: 100) { totalCount } } }`,
        { id },
        viewer,
      );
    expect((await ask(buyer)).data).toMatchObject({
      booking: { id },
      node: { id, seats: [{ index: 0 }, { index: 1 }], event: { name: 'Test Night' } },
      nodes: [{ id }],
    });
    expect((await ask(stranger)).data).toEqual({
      booking: null,
      node: null,
      nodes: [null],
      viewer: { bookings: { totalCount: 0 } },
    });
    expect((await ask(null)).data).toEqual({ booking: null, node: null, nodes: [null], viewer: null });
  });

  test('reads as EXPIRED from its deadline, whether or not the sweeper has run', async () => {
    const id = await hold(stranger, 10);
    const [, key = ''] = Buffer.from(id, 'base64').toString().split(`${hall().eventId}:`);
    await client().app.database.reads.booking.update({
      where: { eventId_id: { eventId: hall().eventId, id: key } },
      data: { createdAt: new Date(Date.now() - 60_000), holdExpiresAt: new Date(Date.now() - 1_000) },
    });
    const { data } = await client().ask(
      `query ($id: ID!) { booking(id: $id) { status } viewer {
        held: bookings(status: HOLD) { totalCount } expired: bookings(status: EXPIRED) { totalCount edges { node { id } } } } }`,
      { id },
      stranger,
    );
    expect(data).toEqual({
      booking: { status: 'EXPIRED' },
      viewer: { held: { totalCount: 0 }, expired: { totalCount: 1, edges: [{ node: { id } }] } },
    });
  });

  test('is listed newest first', async () => {
    const viewer = createBuyerId();
    const ids = [];
    for (const index of [20, 21, 22]) ids.push(await hold(viewer, index));
    const ask = (args: string) =>
      client().ask(
        `{ viewer { bookings(${args}) { edges { cursor node { id } } pageInfo { hasNextPage } } } }`,
        {},
        viewer,
      );
    const { data } = await ask('first: 2');
    const edges = data.viewer.bookings.edges as { cursor: string; node: { id: string } }[];
    expect(edges.map((edge) => edge.node.id)).toEqual([ids[2], ids[1]]);
    const rest = await ask(`first: 2, after: "${edges[1]?.cursor}"`);
    expect(rest.data.viewer.bookings).toMatchObject({
      edges: [{ node: { id: ids[0] } }],
      pageInfo: { hasNextPage: false },
    });
  });
});

test('nodes returns objects in the order of the IDs, and null for invalid IDs', async () => {
  const { data, errors } = await client().ask(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } node(id: "?") { id } }',
    {
      ids: [
        encodeSeatId(hall().eventId, 3),
        'garbage',
        encodeId('Venue', hall().venueId),
        encodeEventId(hall().eventId),
        encodeSeatId(hall().eventId, 3),
        encodeBookingId(hall().eventId, randomUUID()),
        encodeId('User', buyer.userId),
        encodeId('constructor', '1'),
      ],
    },
  );
  expect(errors).toEqual([]);
  expect(data.node).toBeNull();
  expect(data.nodes.map((node: { __typename: string } | null) => node?.__typename ?? null)).toEqual([
    'Seat',
    null,
    'Venue',
    'Event',
    'Seat',
    null,
    null,
    null,
  ]);
  const many = await client().ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: Array(101).fill('x'),
  });
  expect(many.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});
