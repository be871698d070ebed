import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookingIdOf, encodeId, eventIdOf, seatIdOf } from '../../src/platform/ids.ts';
import type { Viewer } from '../../src/identity/viewer.ts';
import { createEventIn, createHall, type Hall } from '../support/hall.ts';
import { createSchemaClient, statementsOf, type SchemaClient } from '../support/schema-client.ts';

let client: SchemaClient;
let hall: Hall;
const buyer: Viewer = { userId: randomUUID(), role: 'BUYER' };
const stranger: Viewer = { userId: randomUUID(), role: 'BUYER' };
const tiers = [
  { name: 'Stalls', amount: 5_000 },
  { name: 'Balcony', amount: 3_000 },
];

beforeAll(async () => {
  client = await createSchemaClient();
  hall = await createHall(client.app.database.reads, { rows: 12, tiers });
});
afterAll(() => client.close());

async function hold(viewer: Viewer, ...indexes: number[]): Promise<string> {
  const { data } = await client.ask(
    `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }`,
    { input: { eventId: eventIdOf(hall.eventId), seatIds: indexes.map((i) => seatIdOf(hall.eventId, i)) } },
    viewer,
  );
  return data.holdSeats.id as string;
}

describe('an event', () => {
  test('is found by its id, with all that belongs to it', async () => {
    const { data, errors } = await client.ask(
      `query ($id: ID!) { event(id: $id) {
        id name startsAt status seatLimit venue { id name seatCount }
        priceTiers { name price { amount currency } color }
        availability { total available held booked blocked }
        seats(first: 2) { totalCount edges { node { id index label row section number status priceTier { name } } } }
        seatMap { version states layoutUrl } } }`,
      { id: eventIdOf(hall.eventId) },
    );
    expect(errors).toEqual([]);
    expect(data.event).toMatchObject({
      id: eventIdOf(hall.eventId),
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
              id: seatIdOf(hall.eventId, 0),
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
    const { data, errors } = await client.ask(
      'query ($id: ID!) { event(id: $id) { id } booking(id: $id) { id } }',
      { id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ event: null, booking: null });
  });

  test('that is a draft is its organizer’s alone, wherever one looks', async () => {
    const { organizerId, venueId, seatCount } = hall;
    const draft = await createEventIn(client.app.database.reads, venueId, seatCount, organizerId, {
      status: 'DRAFT',
      tiers,
    });
    const ask = (viewer: Viewer | null) =>
      client.ask(
        `query ($id: ID!, $seat: ID!) { event(id: $id) { id } node(id: $id) { id } seat: node(id: $seat) { id }
          nodes(ids: [$id]) { id } events(status: DRAFT) { totalCount edges { node { id } } } }`,
        { id: eventIdOf(draft), seat: seatIdOf(draft, 0) },
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
    const it = { id: eventIdOf(draft) };
    expect(own).toMatchObject({
      event: it,
      node: it,
      nodes: [it],
      events: { totalCount: 1, edges: [{ node: it }] },
    });
  });
});

describe('pages', () => {
  const page = (args: string) =>
    client.ask(
      `query ($id: ID!) { event(id: $id) { seats(${args}) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { index } } } } }`,
      { id: eventIdOf(hall.eventId) },
    );
  const indexes = (answer: Awaited<ReturnType<typeof page>>) =>
    answer.data.event.seats.edges.map((edge: { node: { index: number } }) => edge.node.index) as number[];

  test('lead forward and backward through all seats', async () => {
    const first = await page('first: 50');
    expect(indexes(first)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const { endCursor } = first.data.event.seats.pageInfo;
    const last = await page(`first: 100, after: "${endCursor}"`);
    expect(indexes(last)).toHaveLength(70);
    expect(last.data.event.seats.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await page(`last: 3, before: "${endCursor}"`);
    expect(indexes(back)).toEqual([46, 47, 48]);
    expect(back.data.event.seats.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect(indexes(await page('last: 2'))).toEqual([118, 119]);
    expect(indexes(await page('after: null'))).toHaveLength(20);
    expect(indexes(await page('first: 0'))).toEqual([]);
  });

  test('keep to the filter', async () => {
    expect(indexes(await page('first: 1, section: "Block B"'))).toEqual([]);
    expect((await page('first: 1, section: "Block A"')).data.event.seats.totalCount).toBe(120);
    expect((await page('first: 1, status: BOOKED')).data.event.seats.totalCount).toBe(0);
  });

  test.each([
    'first: 101',
    'last: 101',
    'first: -1',
    'first: 2, last: 2',
    'after: "x"',
    'before: "czp4"',
    'after: ""',
  ])('are refused for %s', async (args) => {
    const { errors } = await page(args);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const events = await client.ask(`{ events(${args}) { totalCount } }`);
    expect(events.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('of events follow the time that they start', async () => {
    const { venueId, seatCount, organizerId } = hall;
    const startsAt = new Date('2031-01-01T00:00:00Z');
    for (let i = 0; i < 5; i++)
      await createEventIn(client.app.database.reads, venueId, seatCount, organizerId, {
        startsAt,
        status: 'PAUSED',
        tiers,
      });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await client.ask(
        'query ($after: String) { events(first: 2, after: $after, status: PAUSED) { edges { node { id } } pageInfo { endCursor hasNextPage } } }',
        { after },
      );
      seen.push(...data.events.edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = data.events.pageInfo.hasNextPage ? data.events.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    const { data } = await client.ask('{ events(last: 2, status: PAUSED) { edges { node { id } } } }');
    expect(data.events.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(seen.slice(-2));
  });
});

describe('a booking', () => {
  test('is its buyer’s alone', async () => {
    const id = await hold(buyer, 0, 1);
    const ask = (viewer: Viewer | null) =>
      client.ask(
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

  test('reads as EXPIRED from its deadline on, swept or not', async () => {
    const id = await hold(stranger, 10);
    const [, key = ''] = Buffer.from(id, 'base64').toString().split(`${hall.eventId}:`);
    await client.app.database.reads.booking.update({
      where: { eventId_id: { eventId: hall.eventId, id: key } },
      data: { createdAt: new Date(Date.now() - 60_000), holdExpiresAt: new Date(Date.now() - 1_000) },
    });
    const { data } = await client.ask(
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

  test('is listed with the newest first', async () => {
    const viewer: Viewer = { userId: randomUUID(), role: 'BUYER' };
    const ids = [];
    for (const index of [20, 21, 22]) ids.push(await hold(viewer, index));
    const ask = (args: string) =>
      client.ask(
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

test('nodes come in the order of their ids, and garbage is null', async () => {
  const { data, errors } = await client.ask(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } node(id: "?") { id } }',
    {
      ids: [
        seatIdOf(hall.eventId, 3),
        'garbage',
        encodeId('Venue', hall.venueId),
        eventIdOf(hall.eventId),
        seatIdOf(hall.eventId, 3),
        bookingIdOf(hall.eventId, randomUUID()),
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
  const many = await client.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: Array(101).fill('x'),
  });
  expect(many.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

describe('the number of statements', () => {
  beforeAll(async () => {
    const { venueId, seatCount, organizerId } = hall;
    for (let i = 0; i < 100; i++) {
      const startsAt = new Date(Date.UTC(2032, 0, i + 1));
      await createEventIn(client.app.database.reads, venueId, seatCount, organizerId, {
        startsAt,
        tiers,
        status: 'ENDED',
      });
    }
  });
  const count = async (query: string, variables: object, viewer: Viewer | null = null) => {
    const statements = await statementsOf(async () => {
      const { errors } = await client.ask(query, variables, viewer);
      expect(errors).toEqual([]);
    });
    return statements.length;
  };

  test.each([
    [
      'seats',
      'query ($n: Int!, $id: ID!) { event(id: $id) { seats(first: $n) { totalCount edges { node { id label status priceTier { name price { amount currency } } } } } } }',
    ],
    [
      'events',
      'query ($n: Int!) { events(first: $n, status: ENDED) { totalCount edges { node { id venue { name } priceTiers { name price { currency } } availability { available } } } } }',
    ],
  ])('does not grow with the %s on a page', async (_what, query) => {
    const id = eventIdOf(hall.eventId);
    const five = await count(query, { n: 5, id });
    expect(five).toBeGreaterThan(0);
    expect(await count(query, { n: 100, id })).toBe(five);
  });

  test('does not grow with events that show their seats and maps', async () => {
    const query = `query ($n: Int!) { events(first: $n, status: ENDED) { edges { node {
      seats(first: 3) { totalCount edges { node { priceTier { price { amount } } } } } seatMap { version states } } } } }`;
    const two = await count(query, { n: 2 });
    expect(await count(query, { n: 10 })).toBe(two);
  });

  test('does not grow with bookings and what belongs to them', async () => {
    const viewer: Viewer = { userId: randomUUID(), role: 'BUYER' };
    const own = await createHall(client.app.database.reads, { rows: 10, seatLimit: 100 });
    const input = { eventId: eventIdOf(own.eventId), quantity: 1 };
    for (let i = 0; i < 20; i++)
      await client.ask(
        'mutation ($input: HoldBestAvailableInput!) { holdBestAvailable(input: $input) { __typename } }',
        { input },
        viewer,
      );
    const query = `query ($n: Int!) { viewer { bookings(first: $n) { totalCount edges { node {
      status total { amount currency } event { name venue { name } } seats { label priceTier { name } } } } } } }`;
    const two = await count(query, { n: 2 }, viewer);
    expect(await count(query, { n: 20 }, viewer)).toBe(two);
  });

  test('of a hold is not raised by asking for its own fields', async () => {
    const ask = (fields: string, index: number) =>
      count(
        `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { ${fields} } } }`,
        { input: { eventId: eventIdOf(hall.eventId), seatIds: [seatIdOf(hall.eventId, index)] } },
        { userId: randomUUID(), role: 'BUYER' },
      );
    await ask('id', 70); // Prepared statements and caches.
    const bare = await ask('__typename', 71);
    expect(await ask('id status total { amount currency } createdAt holdExpiresAt confirmedAt', 72)).toBe(
      bare,
    );
  });
});
