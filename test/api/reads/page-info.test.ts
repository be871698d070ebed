import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import {
  PAGE_DEFAULT,
  encodeBookingCursor,
  encodeEventCursor,
  encodeSeatCursor,
  encodeVenueCursor,
} from '../../../src/graphql/reads/pagination.ts';
import {
  encodeEventId,
  parseBookingId,
  parseEventId,
  parseSeatId,
  parseVenueId,
  encodeSeatId,
} from '../../../src/platform/ids.ts';
import { createEventIn, createHall } from '../../support/hall.ts';
import { relayPage } from './relay-reference.ts';
import { createBuyerId, tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall(100);
const buyer = createBuyerId();
const organizer = (): Viewer => ({ userId: hall().organizerId, role: 'ORGANIZER' });
const NOW = new Date();
const DAY = 86_400_000;

/** A connection of the schema. `gapAfter` returns the cursor of the position after a node, where there is no node. */
interface Connection {
  readonly name: string;
  readonly viewer: () => Viewer | null;
  /** Returns the query that contains the connection. */
  readonly query: (connection: string) => string;
  readonly path: readonly string[];
  readonly first: () => string;
  readonly gapAfter: (node: { readonly id: string; readonly startsAt?: string }) => string;
}

const event = (selection: string) => `{ event(id: "${encodeEventId(hall().eventId)}") { ${selection} } }`;
const bookings = {
  first: () => encodeBookingCursor({ eventId: 0, id: 'ffffffff-ffff-7fff-bfff-ffffffffffff' }),
  gapAfter: ({ id }: { readonly id: string }) => {
    const key = parseBookingId(id) ?? { eventId: 0, bookingId: '' };
    return encodeBookingCursor({ eventId: key.eventId, id: previousUuid(key.bookingId) });
  },
};
const events = {
  // A list is as of the time of its query, which is slightly later than NOW.
  first: () => encodeEventCursor({ asOf: NOW, startsAt: new Date(NOW.getTime() + DAY / 2), id: 0 }),
  gapAfter: ({ id, startsAt = '' }: { readonly id: string; readonly startsAt?: string }) => {
    const date = new Date(startsAt);
    // Past events are in descending order, so the position after one is a millisecond earlier.
    const behind = new Date(date.getTime() + (date < NOW ? -1 : 1));
    return encodeEventCursor({ asOf: NOW, startsAt: behind, id: parseEventId(id) ?? 0 });
  },
};

const connections: readonly Connection[] = [
  {
    name: 'Event.seats',
    viewer: () => null,
    query: (connection) => event(connection.replace('(', '(status: HELD, ')),
    path: ['event', 'seats'],
    first: () => encodeSeatCursor({ index: 0 }),
    gapAfter: ({ id }) => encodeSeatCursor({ index: (parseSeatId(id)?.index ?? 0) + 1 }),
  },
  { name: 'Event.bookings', viewer: organizer, query: event, path: ['event', 'bookings'], ...bookings },
  {
    name: 'Event.bookings in a status',
    viewer: organizer,
    query: (connection) => event(connection.replace('(', '(status: HOLD, ')),
    path: ['event', 'bookings'],
    ...bookings,
  },
  {
    name: 'Viewer.bookings',
    viewer: () => buyer,
    query: (connection) => `{ viewer { ${connection} } }`,
    path: ['viewer', 'bookings'],
    ...bookings,
  },
  {
    name: 'Viewer.venues',
    viewer: organizer,
    query: (connection) => `{ viewer { ${connection} } }`,
    path: ['viewer', 'venues'],
    first: () => encodeVenueCursor({ id: 2_147_483_647 }),
    // Every second venue belongs to another organizer.
    gapAfter: ({ id }) => encodeVenueCursor({ id: (parseVenueId(id) ?? 0) - 1 }),
  },
  {
    name: 'Viewer.events',
    viewer: organizer,
    query: (connection) => `{ viewer { ${connection} } }`,
    path: ['viewer', 'events'],
    ...events,
  },
  {
    name: 'Query.events',
    viewer: () => null,
    query: (connection) => `{ ${connection} }`,
    path: ['events'],
    ...events,
  },
];

/** Six nodes in each connection, among other rows that do not belong to it. */
beforeAll(async () => {
  const { reads } = client().app.database;
  const { venueId, seatCount, organizerId, eventId } = hall();
  for (const days of [-3, -2, 1, 2, 3])
    await createEventIn(reads, venueId, seatCount, organizerId, {
      startsAt: new Date(NOW.getTime() + days * DAY),
      tiers,
    });
  for (let i = 0; i < 5; i++) {
    await createHall(reads, { rows: 1, status: 'DRAFT' });
    await createHall(reads, { rows: 1, status: 'DRAFT', organizerId, startsAt: new Date('2099-01-01') });
  }
  await reads.event.deleteMany({ where: { startsAt: new Date('2099-01-01') } });
  await createHall(reads, { rows: 1, status: 'DRAFT' });
  for (const index of [3, 5, 7, 9, 11, 13])
    await client().ask(
      `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { id } } }`,
      { input: { eventId: encodeEventId(eventId), seatIds: [encodeSeatId(eventId, index)] } },
      buyer,
    );
});

const someCursors = fc.record({
  after: fc.option(fc.integer({ min: -1, max: 11 })),
  before: fc.option(fc.integer({ min: -1, max: 11 })),
});
const somePage = fc.oneof(
  fc.record({ first: fc.integer({ min: 0, max: 8 }), last: fc.constant(null) }),
  fc.record({ first: fc.constant(null), last: fc.integer({ min: 0, max: 8 }) }),
  fc.constant({ first: null, last: null }),
);

test.each(connections)(
  'pageInfo of $name follows the Relay specification for all cursors',
  async (connection) => {
    const field = connection.path.at(-1) ?? '';
    const ask = async (args: string) => {
      const selection = `${field}(${args}) { pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
      edges { cursor node { id ${field === 'events' ? 'startsAt' : ''} } } }`;
      const { data, errors } = await client().ask(connection.query(selection), {}, connection.viewer());
      expect(errors).toEqual([]);
      return connection.path.reduce<Answer>((value, name) => value[name] as Answer, data as Answer);
    };
    const { edges: all, totalCount } = await ask('first: 100');
    expect(all).toHaveLength(6);
    expect(totalCount).toBe(6);
    // Even numbers are edges, odd numbers the positions after them, and -1 the position before the first edge.
    const cursorAt = (place: number) => {
      if (place < 0) return connection.first();
      const edge = all[Math.floor(place / 2)] as Edge;
      return place % 2 === 0 ? edge.cursor : connection.gapAfter(edge.node);
    };
    await fc.assert(
      fc.asyncProperty(someCursors, somePage, async ({ after, before }, { first, last }) => {
        const args = [
          first === null ? '' : `first: ${first}`,
          last === null ? '' : `last: ${last}`,
          after === null ? '' : `after: "${cursorAt(after)}"`,
          before === null ? '' : `before: "${cursorAt(before)}"`,
        ].filter((arg) => arg !== '');
        const page = await ask(args.join(', ') || 'after: null');
        const expected = relayPage(6, {
          first: first ?? (last === null ? PAGE_DEFAULT : null),
          last,
          after: after === null ? null : after / 2,
          before: before === null ? null : before / 2,
        });
        const edges = expected.edges.map((index) => all[index]?.node.id);
        expect(page.edges.map(({ node }) => node.id)).toEqual(edges);
        expect(page.pageInfo).toEqual({
          hasNextPage: expected.hasNextPage,
          hasPreviousPage: expected.hasPreviousPage,
          startCursor: page.edges[0]?.cursor ?? null,
          endCursor: page.edges.at(-1)?.cursor ?? null,
        });
      }),
      { numRuns: 60 },
    );
  },
);

interface Edge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly startsAt?: string };
}

interface Answer {
  readonly edges: readonly Edge[];
  readonly totalCount: number;
  readonly pageInfo: object;
  readonly [name: string]: unknown;
}

function previousUuid(id: string): string {
  const number = BigInt(`0x${id.replaceAll('-', '')}`) - 1n;
  return number
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
