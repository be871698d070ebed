import { once } from 'node:events';
import { withTimeout } from '../../../src/platform/with-timeout.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { BlocksClient } from './blocks-client.ts';
import { RECORDED_VERSIONS, type BlocksHall } from './blocks-hall.ts';

/** One kind of request. `ready` prepares it and returns the measured function, which runs once and then repeatedly. */
export interface BlocksRequest {
  readonly label: string;
  readonly again: number;
  ready(hall: BlocksHall, client: BlocksClient): Promise<() => Promise<unknown>>;
}

const CROWD = 100;
const WATCHERS = 200;
const FRAMES_WITHIN_MS = 10_000;

const eventPage = `query ($e: ID!) { event(id: $e) { name startsAt onSaleAt status venue { name }
  priceTiers { name } availability { available held booked blocked } seatMap { version layoutUrl } } }`;
const seatMap = 'query ($e: ID!) { event(id: $e) { seatMap { version states layoutUrl } } }';
const seatPage = `query ($e: ID!, $after: String) { event(id: $e) { seats(first: 100, after: $after) {
  edges { node { id index label status priceTier { name } } } pageInfo { endCursor } } } }`;
const updates = `subscription ($e: ID!, $v: Int) { seatUpdates(eventId: $e, afterVersion: $v) { __typename
  ... on SeatMapSnapshot { version states } ... on SeatsChanged { fromVersion version seats { index status } } } }`;
const hold = 'mutation ($i: HoldSeatsInput!) { holdSeats(input: $i) { __typename ... on Booking { id } } }';
const best = `mutation ($i: HoldBestAvailableInput!) { holdBestAvailable(input: $i) { __typename
  ... on Booking { id } } }`;
const block = 'mutation ($i: BlockSeatsInput!) { blockSeats(input: $i) { __typename } }';
const importPlan = 'mutation ($i: ImportVenueInput!) { importVenue(input: $i) { __typename } }';
const create = 'mutation ($i: CreateEventInput!) { createEvent(input: $i) { __typename } }';
const held = ['Booking', 'SeatsUnavailableError'];

export const blocksRequests: readonly BlocksRequest[] = [
  {
    label: 'none, for one second',
    again: 1,
    ready: async () => () => new Promise((resolve) => setTimeout(resolve, 1_000)),
  },
  {
    label: '{ __typename }',
    again: 20,
    ready:
      async (_, { ask }) =>
      () =>
        ask('{ __typename }'),
  },
  {
    label: 'event page',
    again: 20,
    ready:
      async (hall, { ask }) =>
      () =>
        ask(eventPage, { e: encodeEventId(hall.free) }),
  },
  {
    label: 'layout',
    again: 20,
    async ready({ app, free }, { get }) {
      const path = await app.eventLayouts.path(free);
      return () => get(path ?? '');
    },
  },
  {
    label: 'seat map, GraphQL',
    again: 20,
    ready:
      async (hall, { ask }) =>
      () =>
        ask(seatMap, { e: encodeEventId(hall.free) }),
  },
  {
    label: 'seat map, GET',
    again: 20,
    ready:
      async (hall, { get }) =>
      () =>
        get(`/events/${encodeEventId(hall.free)}/seat-map`),
  },
  {
    label: 'event.seats, a page of 100',
    again: 20,
    ready:
      async (hall, { ask }) =>
      () =>
        ask(seatPage, { e: encodeEventId(hall.free) }),
  },
  {
    label: 'seatUpdates, snapshot',
    again: 10,
    ready:
      async (hall, { watch }) =>
      async () =>
        (await watch(updates, { e: encodeEventId(hall.free) })).close(),
  },
  {
    label: `seatUpdates, resume over ${RECORDED_VERSIONS.toLocaleString('en')} versions`,
    again: 10,
    ready:
      async (hall, { watch }) =>
      async () =>
        (await watch(updates, { e: encodeEventId(hall.recorded), v: 0 })).close(),
  },
  {
    label: 'holdSeats, 10 seats',
    again: 10,
    ready: (hall, client) => holding(hall, client, hall.free),
  },
  {
    label: 'holdSeats, 10 seats, orphans forbidden',
    again: 10,
    ready: (hall, client) => holding(hall, client, hall.orphans),
  },
  {
    label: 'holdBestAvailable, 10 seats',
    again: 10,
    ready: (hall, client) => choosing(hall, client, hall.free, 1),
  },
  {
    label: 'holdBestAvailable, 10 seats, almost full',
    again: 10,
    ready: (hall, client) => choosing(hall, client, hall.almostFull, 1),
  },
  {
    label: `holdBestAvailable, ${CROWD} at once, almost full`,
    again: 5,
    ready: (hall, client) => choosing(hall, client, hall.almostFull, CROWD),
  },
  {
    label: `holdSeats, ${CROWD} at once`,
    again: 5,
    ready: (hall, client) => holding(hall, client, hall.free, CROWD),
  },
  {
    label: `holdSeats, ${CROWD} at once, or the best alternative`,
    again: 5,
    ready: alternatives,
  },
  { label: `changes of 50 seats, ${WATCHERS} watchers`, again: 10, ready: watching },
  {
    label: 'importVenue',
    again: 3,
    ready:
      async (hall, { ask }) =>
      () =>
        ask(importPlan, { i: { plan: hall.freshPlan() } }, hall.organizerToken, ['Venue']),
  },
  {
    label: 'createEvent',
    again: 3,
    ready:
      async (hall, { ask }) =>
      () =>
        ask(create, { i: eventInput(hall) }, hall.organizerToken, ['Event']),
  },
];

/** Holds ten random adjacent seats, each time for a new buyer. */
async function holding(hall: BlocksHall, { ask }: BlocksClient, eventId: number, buyers = 1) {
  return async () => {
    const tokens = await Promise.all(Array.from({ length: buyers }, () => hall.buyerToken()));
    await Promise.all(
      tokens.map((token) => {
        const first = 100 * Math.floor(Math.random() * 790);
        const seatIds = Array.from({ length: 10 }, (_, i) => encodeSeatId(eventId, first + i));
        const input = { eventId: encodeEventId(eventId), seatIds };
        return ask(hold, { i: input }, token, [...held, 'OrphanSeatsError']);
      }),
    );
  };
}

/** Holds the best available seats. Several buyers request different quantities and price tiers. */
async function choosing(hall: BlocksHall, { ask }: BlocksClient, eventId: number, buyers: number) {
  const { categories } = hall;
  return async () => {
    const tokens = await Promise.all(Array.from({ length: buyers }, () => hall.buyerToken()));
    await Promise.all(
      tokens.map((token, i) => {
        const priceTier = i % 2 === 0 ? null : categories[(i >> 1) % categories.length];
        const input = { eventId: encodeEventId(eventId), quantity: 10 - (i % 10), priceTier };
        return ask(best, { i: input }, token, held);
      }),
    );
  };
}

async function alternatives(hall: BlocksHall, { ask }: BlocksClient) {
  const { free } = hall;
  return async () => {
    const tokens = await Promise.all(Array.from({ length: CROWD }, () => hall.buyerToken()));
    const seatIds = Array.from({ length: 4 }, (_, i) => encodeSeatId(free, 40_000 + i));
    const input = { eventId: encodeEventId(free), seatIds, onConflict: 'BEST_ALTERNATIVE' };
    await Promise.all(tokens.map((token) => ask(hold, { i: input }, token, held)));
  };
}

/** Next seat to block. Each change blocks further seats, because blocking a blocked seat changes nothing. */
let seatsBlocked = 0;

async function watching(hall: BlocksHall, { ask, watch }: BlocksClient) {
  const eventId = encodeEventId(hall.recorded);
  const sockets = await Promise.all(Array.from({ length: WATCHERS }, () => watch(updates, { e: eventId })));
  return async () => {
    const seatIds = Array.from({ length: 50 }, () => encodeSeatId(hall.recorded, seatsBlocked++));
    const frames = Promise.all(sockets.map((socket) => once(socket, 'message')));
    await ask(block, { i: { eventId, seatIds } }, hall.organizerToken, ['Event']);
    await withTimeout(frames, FRAMES_WITHIN_MS, 'a frame to each watcher');
  };
}

function eventInput({ venueId, categories }: BlocksHall) {
  return {
    venueId: Buffer.from(`Venue:${venueId}`).toString('base64'),
    name: 'One more',
    startsAt: '2099-05-01T18:00:00Z',
    onSaleAt: '2099-01-01T09:00:00Z',
    seatLimit: 10,
    currency: 'EUR',
    priceTiers: categories.map((category) => ({ category, amount: 4_900 })),
  };
}
