import { beforeAll, describe, expect, test } from 'vitest';
import { createEventIn } from '../../support/hall.ts';
import { tieredHall, tiers } from '../mutations/tiered-hall.fixture.ts';

const { client, hall } = tieredHall();

const DAY = 86_400_000;
/** Days from now until the events start. On either side, two start at the same time. The event of the hall is last. */
const upcoming = [1, 2, 2, 5, 9];
const past = [-1, -3, -3, -4, -8];
const listed = [...upcoming, 30, ...past];

interface Edge {
  readonly cursor: string;
  readonly node: { readonly id: string; readonly startsAt: string };
}

async function page(args: string) {
  const { data, errors } = await client().ask(
    `{ events(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage } edges { cursor node { id startsAt } } } }`,
  );
  expect(errors).toEqual([]);
  return data.events as {
    edges: Edge[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
  };
}

const daysOf = (edges: readonly Edge[]) =>
  edges.map(({ node }) => Math.round((Date.parse(node.startsAt) - Date.now()) / DAY));
const idsOf = (edges: readonly Edge[]) => edges.map(({ node }) => node.id);

beforeAll(async () => {
  const { venueId, seatCount, organizerId } = hall();
  const now = Date.now();
  for (const days of [...upcoming, ...past]) {
    const startsAt = new Date(now + days * DAY);
    const onSaleAt = new Date(now - 99 * DAY);
    await createEventIn(client().app.database.reads, venueId, seatCount, organizerId, {
      startsAt,
      onSaleAt,
      tiers,
    });
  }
});

async function allPages(size: number, direction: 'forward' | 'backward'): Promise<Edge[]> {
  const seen: Edge[] = [];
  let cursor: string | undefined;
  for (;;) {
    const forward = direction === 'forward';
    const [count, from] = forward ? ['first', 'after'] : ['last', 'before'];
    const { edges, pageInfo } = await page(
      `${count}: ${size}${cursor === undefined ? '' : `, ${from}: "${cursor}"`}`,
    );
    seen.splice(forward ? seen.length : 0, 0, ...edges);
    if (!(forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
    cursor = (forward ? edges.at(-1) : edges[0])?.cursor;
  }
}

describe('events', () => {
  test('are listed with upcoming events first, next one first, then past events, latest first', async () => {
    const { edges, totalCount } = await page('first: 100');
    expect(daysOf(edges)).toEqual(listed);
    expect(totalCount).toBe(listed.length);
  });

  test.each([1, 2, 3, 4, 7, 20])('appear exactly once on pages of %i, forward and backward', async (size) => {
    const { edges } = await page('first: 100');
    expect(idsOf(await allPages(size, 'forward'))).toEqual(idsOf(edges));
    expect(idsOf(await allPages(size, 'backward'))).toEqual(idsOf(edges));
  });

  test('between any two cursors are the same as in the whole list', async () => {
    const { edges } = await page('first: 100');
    const ids = idsOf(edges);
    for (const [from, after] of edges.entries()) {
      for (const [to, before] of edges.entries()) {
        const between = await page(`first: 100, after: "${after.cursor}", before: "${before.cursor}"`);
        expect(idsOf(between.edges), `${from} to ${to}`).toEqual(ids.slice(from + 1, Math.max(from + 1, to)));
      }
    }
  });

  test('keep their position in a list whose first page was read before some of them started', async () => {
    const { edges } = await page('first: 1');
    // The cursor of the same event from a list that was started three and a half days ago, when two more were upcoming.
    const [kind, asOf, ...key] = Buffer.from(edges[0]?.cursor ?? '', 'base64url')
      .toString()
      .split(':');
    const text = [kind, Number(asOf) - 3.5 * DAY, ...key].join(':');
    const older = await page(`first: 100, after: "${Buffer.from(text).toString('base64url')}"`);
    expect(daysOf(older.edges)).toEqual([2, 2, 5, 9, 30, -4, -8]);
    const ahead = await page(`last: 100, before: "${Buffer.from(text).toString('base64url')}"`);
    expect(daysOf(ahead.edges)).toEqual([-3, -3, -1]);
  });

  test('are filtered by their start, from a time inclusive to a time exclusive', async () => {
    const { edges } = await page('first: 100');
    const [second] = edges.slice(1);
    const [fourth] = edges.slice(3);
    const from = second?.node.startsAt ?? '';
    const before = fourth?.node.startsAt ?? '';
    const some = await page(`first: 100, startsFrom: "${from}", startsBefore: "${before}"`);
    expect(daysOf(some.edges)).toEqual([2, 2]);
    expect(some.totalCount).toBe(2);
    const old = await page(`last: 2, startsBefore: "${new Date(Date.now() - 3.5 * DAY).toISOString()}"`);
    expect(daysOf(old.edges)).toEqual([-4, -8]);
    expect(old.totalCount).toBe(2);
    expect((await page('startsFrom: "9999-12-31T23:59:59-14:00"')).edges).toEqual([]);
    expect((await page('startsBefore: "0001-01-01T00:00:00+14:00"')).edges).toEqual([]);
  });

  test.each(['e:1:2', 'e:1:2:3000000000', 'e:999999999999999:0:1', 'e:0:x:1', 'e::0:1', 's:1:2:3'])(
    'reject %j as a cursor',
    async (text) => {
      const cursor = Buffer.from(text).toString('base64url');
      const { errors } = await client().ask(`{ events(after: "${cursor}") { totalCount } }`);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    },
  );

  test('accept any cursor of the right form', async () => {
    for (const text of [
      'e:-99999999999999:-99999999999999:0',
      'e:99999999999999:99999999999999:2147483647',
    ]) {
      const cursor = Buffer.from(text).toString('base64url');
      expect((await page(`first: 100, after: "${cursor}"`)).edges).toHaveLength(listed.length);
      expect((await page(`last: 1, before: "${cursor}"`)).edges).toEqual([]);
    }
  });

  // Last, because it adds events.
  test('are searched by their name and their venue, in any case and literally', async () => {
    const { venueId, seatCount, organizerId } = hall();
    const created = ['Jazz 100%', 'jazz_open', 'Jazz openly'].map((name, index) =>
      createEventIn(client().app.database.reads, venueId, seatCount, organizerId, {
        name,
        startsAt: new Date(Date.now() + (40 + index) * DAY),
        onSaleAt: new Date(Date.now() - DAY),
        tiers,
      }),
    );
    await Promise.all(created);
    const find = async (text: string) =>
      daysOf((await page(`first: 100, search: ${JSON.stringify(text)}`)).edges);
    expect(await find('JAZZ')).toEqual([40, 41, 42]);
    expect(await find(' 0% ')).toEqual([40]);
    expect(await find('z_o')).toEqual([41]);
    expect(await find('\\\\')).toEqual([]);
    expect(await find('test hall')).toHaveLength(listed.length + 3);
    expect((await page('search: "jazz", first: 1')).totalCount).toBe(3);
    for (const text of ['', 'x'.repeat(101), '\u0000']) {
      const { errors } = await client().ask(`{ events(search: ${JSON.stringify(text)}) { totalCount } }`);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});
