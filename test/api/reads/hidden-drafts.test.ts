import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeBookingId, encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import { createSchemaClient, type SchemaClient } from '../../support/clients/schema-client.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';

/*
 * To everyone but its organizer, a draft must look like an unknown event, in the response and in the work before it. The
 * tests compare the statements that are sent; they do not measure time.
 */

const NO_EVENT = 2_000_000_000;
const buyer: Viewer = { userId: randomUUID(), role: 'BUYER' };
const otherOrganizer: Viewer = { userId: randomUUID(), role: 'ORGANIZER' };

let client: SchemaClient;
/** A draft whose rules load as much as possible, and an event on sale. */
let draft: Hall;
let onSale: Hall;

beforeAll(async () => {
  client = await createSchemaClient();
  const { reads } = client.app.database;
  draft = await createHall(reads, { status: 'DRAFT' });
  await reads.event.update({ where: { id: draft.eventId }, data: { orphanRule: 'FORBID' } });
  onSale = await createHall(reads);
});

afterAll(() => client.close());

const bookingId = (eventId: number) => encodeBookingId(eventId, randomUUID());
const ofBooking = (eventId: number) => ({ bookingId: bookingId(eventId) });
const seatsOf = (eventId: number) => [encodeSeatId(eventId, 0), encodeSeatId(eventId, 1)];

const ofBookings: [string, (eventId: number) => object][] = [
  ['confirmBooking', ofBooking],
  ['confirmBooking', (eventId) => ({ ...ofBooking(eventId), idempotencyKey: 'k' })],
  ['releaseBooking', ofBooking],
  ['extendHold', ofBooking],
  ['cancelBooking', ofBooking],
  ['changeSeats', (eventId) => ({ ...ofBooking(eventId), seatIds: seatsOf(eventId) })],
];

const ofEvents: [string, (eventId: number) => object][] = [
  ['holdSeats', (eventId) => ({ eventId: encodeEventId(eventId), seatIds: seatsOf(eventId) })],
  [
    'holdSeats',
    (eventId) => ({
      eventId: encodeEventId(eventId),
      seatIds: seatsOf(eventId),
      onConflict: 'BEST_ALTERNATIVE',
    }),
  ],
  ['holdSeats', (eventId) => ({ eventId: encodeEventId(eventId), seatIds: [encodeSeatId(eventId, 99_999)] })],
  ['holdBestAvailable', (eventId) => ({ eventId: encodeEventId(eventId), quantity: 2 })],
  ['holdBestAvailable', (eventId) => ({ eventId: encodeEventId(eventId), quantity: 2, section: 'Block A' })],
  ['holdBestAvailable', (eventId) => ({ eventId: encodeEventId(eventId), quantity: 2, section: 'Block Z' })],
  [
    'holdBestAvailable',
    (eventId) => ({ eventId: encodeEventId(eventId), quantity: 2, priceTier: 'Standard' }),
  ],
  ['holdBestAvailable', (eventId) => ({ eventId: encodeEventId(eventId), quantity: 99, priceTier: 'X' })],
  ['blockSeats', (eventId) => ({ eventId: encodeEventId(eventId), seatIds: seatsOf(eventId) })],
  ['unblockSeats', (eventId) => ({ eventId: encodeEventId(eventId), seatIds: seatsOf(eventId) })],
  ['setEventStatus', (eventId) => ({ eventId: encodeEventId(eventId), status: 'ON_SALE' })],
];

interface Seen {
  readonly answer: unknown;
  readonly statements: readonly string[];
}

async function mutate(field: string, input: object): Promise<Seen> {
  const viewer = /event|block/i.test(field) ? otherOrganizer : buyer;
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Error { code message } } }`;
  return see(() => client.ask(query, { input }, viewer));
}

/** Removes the statement that is sent once a second for any event, whether it exists or not. */
async function see(ask: () => Promise<{ data: unknown; errors: unknown }>): Promise<Seen> {
  let answer: unknown;
  const statements = await captureStatements(async () => {
    const { data, errors } = await ask();
    answer = { data, errors };
  });
  const own = statements.filter((text) => !text.includes('/* readPublicVersion */'));
  // Each statement once: on a busy machine, a slow read can be repeated in another batch.
  return { answer, statements: [...new Set(own)] };
}

/** Calls several times: the second call shows what the first has loaded or cached. */
async function expectAlike(look: (eventId: number) => Promise<Seen>): Promise<Seen> {
  const none = await look(NO_EVENT);
  for (const eventId of [draft.eventId, NO_EVENT, draft.eventId]) expect(await look(eventId)).toEqual(none);
  return none;
}

/** Returns only the variables that the document declares, because GraphQL rejects others. */
const variablesOf = (text: string) =>
  [...new Set(text.match(/\$\w+/g))].map((name) => `${name}: ID!`).join(', ');

const notFound = (what: string) => ({
  __typename: 'NotFoundError',
  code: 'NOT_FOUND',
  message: `The ${what} does not exist or is not visible to you. Check the ID.`,
});

describe('a draft looks like an unknown event', () => {
  test.each(ofBookings)(
    'to %s with an invented booking ID, as does an event on sale',
    async (field, inputFor) => {
      const { answer } = await expectAlike((eventId) => mutate(field, inputFor(eventId)));
      expect(answer).toEqual({ data: { [field]: notFound('booking') }, errors: [] });
      expect((await mutate(field, inputFor(onSale.eventId))).answer).toEqual(answer);
    },
  );

  test.each(ofEvents)('to %s', async (field, inputFor) => {
    const { answer } = await expectAlike((eventId) => mutate(field, inputFor(eventId)));
    expect(answer).toEqual({ data: { [field]: notFound('event') }, errors: [] });
  });

  test.each([
    ['event', 'event(id: $event) { id seatMap { version } }'],
    ['booking', 'booking(id: $booking) { id }'],
    ['node', 'node(id: $event) { id }'],
    ['node of a seat', 'node(id: $seat) { id ... on Seat { label } }'],
    ['node of a booking', 'node(id: $booking) { id }'],
    ['nodes', 'nodes(ids: [$event, $seat, $booking]) { id ... on Seat { label } }'],
  ])('to the query %s', async (_what, field) => {
    const query = `query (${variablesOf(field)}) { ${field} }`;
    for (const viewer of [null, buyer, otherOrganizer]) {
      const { answer } = await expectAlike((eventId) => {
        const ids = {
          event: encodeEventId(eventId),
          seat: encodeSeatId(eventId, 0),
          booking: bookingId(eventId),
        };
        return see(() => client.ask(query, ids, viewer));
      });
      expect(JSON.stringify(answer)).toMatch(
        /^\{"data":\{"\w+":(null|\[null,null,null\])\},"errors":\[\]\}$/,
      );
    }
  });

  test.each([
    ['seatUpdates', 'subscription ($event: ID!) { seatUpdates(eventId: $event) { __typename } }'],
    ['bookingUpdates', 'subscription ($booking: ID!) { bookingUpdates(bookingId: $booking) { id } }'],
  ])('to the subscription %s', async (_what, query) => {
    const { answer } = await expectAlike((eventId) =>
      see(async () => {
        const ids = { event: encodeEventId(eventId), booking: bookingId(eventId) };
        for await (const answer of client.follow(query, ids, buyer)) return answer;
        throw new Error('no answer');
      }),
    );
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  test('to a client that guesses the URL of its layout', async () => {
    const { eventLayouts } = client.app;
    const path = (await eventLayouts.path(draft.eventId)) ?? '';
    const [, hash = ''] = /([\w-]{22})\.json$/.exec(path) ?? [];
    const wrong = `${hash.slice(1)}x`;
    await expectAlike((eventId) =>
      see(async () => ({ data: await eventLayouts.encoded(eventId, wrong), errors: [] })),
    );
    expect(await eventLayouts.encoded(draft.eventId, hash)).not.toBeNull();
  });
});

test('the organizer of a draft gets EventNotOnSaleError', async () => {
  const organizer: Viewer = { userId: draft.organizerId, role: 'ORGANIZER' };
  const input = { eventId: encodeEventId(draft.eventId), quantity: 1 };
  const query = `mutation ($input: HoldBestAvailableInput!) { holdBestAvailable(input: $input) { __typename
    ... on Error { code } } }`;
  const { data } = await client.ask(query, { input }, organizer);
  expect(data.holdBestAvailable).toEqual({ __typename: 'EventNotOnSaleError', code: 'EVENT_NOT_ON_SALE' });
});
