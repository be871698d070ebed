import { describe, expect, test } from 'vitest';
import { readEventsOnSale } from '../../../src/http/routes/home/events-on-sale.sql.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createEventIn, type Hall } from '../../support/hall.ts';
import { eventInputFor } from './event-input.fixture.ts';
import { createBuyerId, hallsWithRules, organizerOf, seats } from './hold-rules.fixture.ts';

const { client, hall, setRules, mutate, hold } = hallsWithRules();

const SECOND = 1_000;
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);
const within = (ms: number) => new Date(Date.now() + ms);

async function statusOf(at: { readonly eventId: number }): Promise<string> {
  const query = 'query ($id: ID!) { event(id: $id) { status } }';
  const { data } = await client().ask(query, { id: encodeEventId(at.eventId) });
  return data.event.status as string;
}

describe('after saleEndsAt', () => {
  test('seats cannot be held or changed, and the error says when the sale ended', async () => {
    const at = await hall();
    const buyer = createBuyerId();
    const { id: bookingId } = await hold(at, buyer, 0, 1);
    const saleEndsAt = ago(SECOND);
    await setRules(at, { saleEndsAt });
    const eventId = encodeEventId(at.eventId);
    const attempts: [string, object][] = [
      ['holdSeats', { eventId, seatIds: seats(at, 2) }],
      ['holdSeats', { eventId, seatIds: seats(at, 0), onConflict: 'BEST_ALTERNATIVE' }],
      ['holdBestAvailable', { eventId, quantity: 2 }],
      ['changeSeats', { bookingId, seatIds: seats(at, 2, 3) }],
    ];
    for (const [field, input] of attempts) {
      expect((await mutate(field, input, buyer)).result).toMatchObject({
        __typename: 'EventNotOnSaleError',
        code: 'EVENT_NOT_ON_SALE',
        saleEndsAt: saleEndsAt.toISOString(),
      });
    }
  });

  test('existing holds can be extended and confirmed until their deadline', async () => {
    const at = await hall({ holdExtensionMs: 60_000 });
    const buyer = createBuyerId();
    const { id: bookingId } = await hold(at, buyer, 0, 1);
    await setRules(at, { saleEndsAt: ago(SECOND) });
    expect((await mutate('extendHold', { bookingId }, buyer)).result).toMatchObject({ status: 'HOLD' });
    expect((await mutate('confirmBooking', { bookingId }, buyer)).result).toMatchObject({
      status: 'CONFIRMED',
    });
  });

  test('the status reads as ENDED once no hold, extended or not, can still be active', async () => {
    const longest = { holdTtlMs: 10 * SECOND, holdExtensionMs: 5 * SECOND };
    const at = await hall({ ...longest, saleEndsAt: ago(14 * SECOND) });
    expect(await statusOf(at)).toBe('ON_SALE');
    await setRules(at, { saleEndsAt: ago(16 * SECOND) });
    expect(await statusOf(at)).toBe('ENDED');
    await setRules(at, { saleEndsAt: ago(11 * SECOND), holdLifetimeMaxMs: 11 * SECOND });
    expect(await statusOf(at)).toBe('ENDED');
    const usual = client().app.defaultHoldTtlMs;
    await setRules(at, { saleEndsAt: ago(usual - SECOND), holdTtlMs: null, holdExtensionMs: null });
    expect(await statusOf(at)).toBe('ON_SALE');
    await setRules(at, { saleEndsAt: ago(usual + SECOND) });
    expect(await statusOf(at)).toBe('ENDED');
    await setRules(at, { status: 'PAUSED' });
    expect(await statusOf(at)).toBe('ENDED');
    await setRules(at, { status: 'CANCELED' });
    expect(await statusOf(at)).toBe('CANCELED');
  });

  test('the home page no longer lists the event', async () => {
    const { reads } = client().app.database;
    const at = await hall();
    const isListed = async () => (await readEventsOnSale(reads, 100)).some(({ id }) => id === at.eventId);
    expect(await isListed()).toBe(true);
    await setRules(at, { saleEndsAt: ago(SECOND) });
    expect(await isListed()).toBe(false);
  });

  test('the filter uses the status that events read as', async () => {
    const at = await hall({}, { name: 'Filtered' });
    const { organizerId, venueId, seatCount } = at;
    const usual = client().app.defaultHoldTtlMs;
    const make = (options: object) =>
      createEventIn(client().app.database.reads, venueId, seatCount, organizerId, options);
    const over = { startsAt: ago(usual + HOUR), onSaleAt: ago(usual + 2 * HOUR) };
    const made = {
      upcoming: at.eventId,
      closing: await make({ saleEndsAt: ago(SECOND) }),
      closed: await make({ saleEndsAt: ago(usual + SECOND) }),
      past: await make(over),
      pastPaused: await make({ ...over, status: 'PAUSED' }),
      paused: await make({ status: 'PAUSED' }),
      ended: await make({ status: 'ENDED' }),
      pastDraft: await make({ ...over, status: 'DRAFT' }),
      pastCanceled: await make({ ...over, status: 'CANCELED' }),
    };
    const names = new Map(Object.entries(made).map(([name, id]) => [encodeEventId(id), name]));
    const found = async (status: string) => {
      const { data } = await client().ask(
        `{ events(first: 100, status: ${status}) { totalCount edges { node { id status } } } }`,
        {},
        organizerOf(at),
      );
      const edges = data.events.edges as { node: { id: string; status: string } }[];
      expect(new Set(edges.map(({ node }) => node.status))).toEqual(new Set([status]));
      expect(data.events.totalCount).toBe(edges.length);
      return edges.flatMap(({ node }) => names.get(node.id) ?? []).sort();
    };
    expect(await found('ON_SALE')).toEqual(['closing', 'upcoming']);
    expect(await found('PAUSED')).toEqual(['paused']);
    expect(await found('ENDED')).toEqual(['closed', 'ended', 'past', 'pastPaused']);
    expect(await found('DRAFT')).toEqual(['pastDraft']);
    expect(await found('CANCELED')).toEqual(['pastCanceled']);
  });
});

test('after cancelableUntil, only the organizer can cancel', async () => {
  const at = await hall({ buyersMayCancel: true, cancelableUntil: within(HOUR) });
  const buyer = createBuyerId();
  const book = async (seat: number) => {
    const { id: bookingId } = await hold(at, buyer, seat);
    await mutate('confirmBooking', { bookingId }, buyer);
    return { bookingId };
  };
  const [first, second] = [await book(0), await book(2)];
  expect((await mutate('cancelBooking', first, buyer)).result).toMatchObject({ status: 'CANCELED' });
  const cancelableUntil = ago(SECOND);
  await setRules(at, { cancelableUntil });
  expect((await mutate('cancelBooking', second, buyer)).result).toMatchObject({
    __typename: 'CancellationRefusedError',
    cancelableUntil: cancelableUntil.toISOString(),
  });
  await setRules(at, { saleEndsAt: ago(HOUR), startsAt: ago(SECOND) });
  expect((await mutate('cancelBooking', second, organizerOf(at))).result).toMatchObject({
    status: 'CANCELED',
  });
});

describe('createEvent', () => {
  const create = async (at: Hall, more: object) => {
    const { data } = await client().ask(
      `mutation ($input: CreateEventInput!) { createEvent(input: $input) { __typename
         ... on Event { startsAt saleEndsAt cancelableUntil } ... on InvalidInputError { field } } }`,
      { input: { ...eventInputFor(at), ...more } },
      organizerOf(at),
    );
    return data.createEvent as Record<string, unknown>;
  };

  test('accepts both times, which default to the start', async () => {
    const at = await hall();
    const { startsAt } = await create(at, {});
    expect(await create(at, {})).toMatchObject({ saleEndsAt: startsAt, cancelableUntil: startsAt });
    const times = { saleEndsAt: '2040-01-01T00:00:00.000Z', cancelableUntil: '2039-12-01T00:00:00.000Z' };
    expect(await create(at, times)).toMatchObject(times);
  });

  test('rejects a start in the past', async () => {
    const past = { startsAt: ago(SECOND).toISOString(), onSaleAt: ago(HOUR).toISOString() };
    expect(await create(await hall(), past)).toEqual({ __typename: 'InvalidInputError', field: 'startsAt' });
  });
});
