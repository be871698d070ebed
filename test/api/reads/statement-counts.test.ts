import { beforeAll, describe, expect, test } from 'vitest';
import { encodeSeatCursor } from '../../../src/graphql/reads/pagination.ts';
import { DatabaseClock } from '../../../src/platform/database/clock.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import type { Viewer } from '../../../src/identity/viewer.ts';
import { readVersions } from '../../../src/seating/map/seat-map.sql.ts';
import { silent } from '../../support/booking.ts';
import { createEventIn, createHall } from '../../support/hall.ts';
import { captureStatements } from '../../support/services/capture-statements.ts';
import { createBuyerId, tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall();

describe('the number of statements', () => {
  beforeAll(async () => {
    const { venueId, seatCount, organizerId } = hall();
    for (let i = 0; i < 100; i++) {
      const startsAt = new Date(Date.UTC(2032, 0, i + 1));
      await createEventIn(client().app.database.reads, venueId, seatCount, organizerId, {
        startsAt,
        tiers,
        status: 'ENDED',
      });
    }
  });
  const count = async (query: string, variables: object, viewer: Viewer | null = null) => {
    const statements = await captureStatements(async () => {
      const { errors } = await client().ask(query, variables, viewer);
      expect(errors).toEqual([]);
    });
    return statements.length;
  };
  /** Counts the statements of a query for few and for many objects, after the caches are filled. */
  const countsOf = async (query: string, few: object, many: object, viewer: Viewer | null = null) => {
    await count(query, many, viewer);
    return [await count(query, few, viewer), await count(query, many, viewer)];
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
    const id = encodeEventId(hall().eventId);
    // An organizer, because others may share a count of events.
    const viewer: Viewer = { userId: hall().organizerId, role: 'ORGANIZER' };
    const [few, many] = await countsOf(query, { n: 5, id }, { n: 100, id }, viewer);
    expect(few).toBeGreaterThan(0);
    expect(many).toBe(few);
  });

  test('does not grow with the number of events that select seats and maps', async () => {
    const query = `query ($n: Int!) { events(first: $n, status: ENDED) { edges { node {
      seats(first: 3) { totalCount edges { node { priceTier { price { amount } } } } } seatMap { version states } } } } }`;
    const [few, many] = await countsOf(query, { n: 2 }, { n: 10 });
    expect(many).toBe(few);
  });

  test('does not grow with the number of bookings and their fields', async () => {
    const viewer = createBuyerId();
    const own = await createHall(client().app.database.reads, { rows: 10, seatLimit: 100 });
    const input = { eventId: encodeEventId(own.eventId), quantity: 1 };
    for (let i = 0; i < 20; i++)
      await client().ask(
        'mutation ($input: HoldBestAvailableInput!) { holdBestAvailable(input: $input) { __typename } }',
        { input },
        viewer,
      );
    const query = `query ($n: Int!) { viewer { bookings(first: $n) { totalCount edges { node {
      status total { amount currency } event { name venue { name } } seats { label priceTier { name } } } } } } }`;
    const [few, many] = await countsOf(query, { n: 2 }, { n: 20 }, viewer);
    expect(many).toBe(few);
  });

  test('does not grow with the number of events that select bookings', async () => {
    const organizer: Viewer = { userId: hall().organizerId, role: 'ORGANIZER' };
    const query = `query ($n: Int!) { viewer { events(first: $n) { pageInfo { hasPreviousPage } edges { node {
      bookings(first: 2) { totalCount pageInfo { hasNextPage hasPreviousPage }
        edges { node { status event { name } seats { label } } } } } } } } }`;
    const [few, many] = await countsOf(query, { n: 2 }, { n: 20 }, organizer);
    expect(many).toBe(few);
  });

  test('does not grow with the number of events whose pages start after a cursor', async () => {
    const query = `query ($n: Int!, $after: String!) { events(first: $n, status: ENDED) { edges { node {
      seats(first: 2, after: $after) { pageInfo { hasNextPage hasPreviousPage } edges { node { id } } } } } } }`;
    const after = encodeSeatCursor({ index: 5 });
    const [few, many] = await countsOf(query, { n: 2, after }, { n: 20, after });
    expect(many).toBe(few);
  });

  test('of a hold does not grow with the fields selected on it', async () => {
    const ask = (fields: string, index: number) =>
      count(
        `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { ${fields} } } }`,
        { input: { eventId: encodeEventId(hall().eventId), seatIds: [encodeSeatId(hall().eventId, index)] } },
        createBuyerId(),
      );
    await ask('id', 70); // Prepared statements and caches.
    const bare = await ask('__typename', 71);
    expect(await ask('id status total { amount currency } createdAt holdExpiresAt confirmedAt', 72)).toBe(
      bare,
    );
  });

  test('excludes the periodic statements of the process', async () => {
    const { reads } = client().app.database;
    const statements = await captureStatements(async () => {
      const clock = new DatabaseClock(reads, silent);
      await clock.start();
      clock.stop();
      await readVersions(reads, [hall().eventId]);
      await reads.$queryRaw(sql`/* ofTheWork */ SELECT 1`);
    });
    expect(statements).toEqual(['/* ofTheWork */ SELECT 1']);
  });
});
