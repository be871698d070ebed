import { describe, expect, test } from 'vitest';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createEventIn } from '../../support/hall.ts';
import { tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall();

describe('pages', () => {
  const page = (args: string) =>
    client().ask(
      `query ($id: ID!) { event(id: $id) { seats(${args}) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { index } } } } }`,
      { id: encodeEventId(hall().eventId) },
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

  test('respect the filter', async () => {
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
    const events = await client().ask(`{ events(${args}) { totalCount } }`);
    expect(events.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('of events are ordered by start time', async () => {
    const { venueId, seatCount, organizerId } = hall();
    const startsAt = new Date('2031-01-01T00:00:00Z');
    for (let i = 0; i < 5; i++)
      await createEventIn(client().app.database.reads, venueId, seatCount, organizerId, {
        startsAt,
        status: 'PAUSED',
        tiers,
      });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await client().ask(
        'query ($after: String) { events(first: 2, after: $after, status: PAUSED) { edges { node { id } } pageInfo { endCursor hasNextPage } } }',
        { after },
      );
      seen.push(...data.events.edges.map((edge: { node: { id: string } }) => edge.node.id));
      after = data.events.pageInfo.hasNextPage ? data.events.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    const { data } = await client().ask('{ events(last: 2, status: PAUSED) { edges { node { id } } } }');
    expect(data.events.edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(seen.slice(-2));
  });
});
