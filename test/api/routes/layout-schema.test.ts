import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planOf } from '../../../prisma/seed/example-venues.ts';
import { createEvent } from '../../../src/catalog/events/create-event.ts';
import { storeVenue } from '../../../src/catalog/venues/import-venue.ts';
import { seatLabel } from '../../../src/catalog/seating-plan/seat-label.ts';
import type { PlanArea, SeatingPlan } from '../../../src/catalog/seating-plan/seating-plan.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { newOrganizer } from '../../db/catalog/catalog.fixture.ts';
import { startHttp, type HttpFixture } from '../http/http.fixture.ts';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/layout.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

interface Layout {
  readonly sections: readonly string[];
  readonly tiers: readonly { readonly amount: number }[];
  readonly section: readonly number[];
  readonly tier: readonly number[];
  readonly [column: string]: unknown;
}

/** Creates an event with this plan. Returns it with its layout as served. */
async function layoutOf(plan: SeatingPlan): Promise<{ readonly eventId: number; readonly layout: Layout }> {
  const ctx = { db: http.context.database.reads };
  const organizerId = await newOrganizer(ctx);
  const venueId = await storeVenue(ctx, { organizerId, timeZone: 'UTC' }, plan);
  const { eventId } = await createEvent(ctx, {
    organizerId,
    venueId,
    name: 'Opening Night',
    startsAt: new Date('2040-05-01T18:00:00Z'),
    onSaleAt: new Date('2030-01-01T09:00:00Z'),
    seatLimit: 6,
    holdTtlSeconds: null,
    currency: 'EUR',
    priceTiers: plan.categories.map((category, i) => ({
      category: category.name,
      name: null,
      amount: 100 * i,
    })),
    status: 'ON_SALE',
  });
  const map = await fetch(`${http.url}/events/${encodeEventId(eventId)}/seat-map`);
  const { layoutUrl } = (await map.json()) as { layoutUrl: string };
  const response = await fetch(http.url + layoutUrl);
  expect(response.status).toBe(200);
  return { eventId, layout: (await response.json()) as Layout };
}

// The last plan has more seats than one read returns.
it.each(['Riethsporthalle Erfurt', 'Sellout Theatre', 'Sellout Arena'] as const)(
  'the layout of %s is as docs/layout.schema.json says, and has each seat in its place',
  async (venue) => {
    const plan = await planOf(venue);
    const { eventId, layout } = await layoutOf(plan);
    validate(layout);
    expect(validate.errors).toBeNull();
    const { seats } = plan;
    expect(layout).toMatchObject({ eventId: encodeEventId(eventId), areas: plan.areas });
    expect(layout['seatIds']).toEqual(seats.map(({ index }) => encodeSeatId(eventId, index)));
    expect(layout['labels']).toEqual(
      seats.map(({ section, row, number }) => seatLabel(section, row, number)),
    );
    expect(layout.section.map((place) => layout.sections[place])).toEqual(
      seats.map(({ section }) => section),
    );
    expect(layout.tier.map((place) => layout.tiers[place]?.amount)).toEqual(
      seats.map(({ category }) => 100 * category),
    );
    for (const name of ['row', 'number', 'x', 'y'] as const)
      expect(layout[name]).toEqual(seats.map((seat) => seat[name]));
  },
);

it('seat labels of a plan are in the layout and in the API', async () => {
  const plan = await planOf('Sellout Theatre');
  const seats = plan.seats.map((seat) =>
    seat.index === 1 ? { ...seat, label: 'Stalls, row AA, AA18' } : seat,
  );
  const { eventId, layout } = await layoutOf({ ...plan, name: 'Labeled', seats });
  const labels = ['Stalls, row 1, seat 1', 'Stalls, row AA, AA18', 'Stalls, row 1, seat 3'];
  expect((layout['labels'] as string[]).slice(0, 3)).toEqual(labels);
  const response = await fetch(`${http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query ($id: ID!, $seat: ID!) { event(id: $id) { seats(first: 3) { edges { node { label } } } }
        node(id: $seat) { ... on Seat { label } } }`,
      variables: { id: encodeEventId(eventId), seat: encodeSeatId(eventId, 1) },
    }),
  });
  expect(await response.json()).toEqual({
    data: {
      event: { seats: { edges: labels.map((label) => ({ node: { label } })) } },
      node: { label: labels[1] },
    },
  });
});

it('the schema permits every shape of a plan', async () => {
  const common = { x: 1, y: 2, rotation: 0, color: '#123456', borderColor: null, text: null };
  const areas: PlanArea[] = [
    { ...common, shape: 'rectangle', width: 3, height: 4 },
    { ...common, shape: 'circle', radius: 5 },
    { ...common, shape: 'ellipse', radiusX: 5, radiusY: 6 },
    {
      ...common,
      shape: 'polygon',
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 0, y: 1 },
      ],
    },
    { ...common, shape: 'text', text: { text: 'Bar', x: 1, y: 2, size: 12, color: null } },
  ];
  const { layout } = await layoutOf({ ...(await planOf('Sellout Theatre')), name: 'Shapes', areas });
  validate(layout);
  expect(validate.errors).toBeNull();
});

it('the schema refuses invalid layouts', async () => {
  const { layout } = await layoutOf({ ...(await planOf('Sellout Theatre')), name: 'Another' });
  const wrong: object[] = [
    { ...layout, format: 2 },
    { ...layout, seatIds: [] },
    { ...layout, x: ['1'] },
    { ...layout, tier: [-1] },
    { ...layout, sections: ['A', 'A'] },
    { ...layout, secret: 1 },
    {
      ...layout,
      areas: [{ shape: 'circle', x: 0, y: 0, rotation: 0, color: null, borderColor: null, text: null }],
    },
    ...Object.keys(layout).map((name) => ({ ...layout, [name]: undefined })),
  ];
  for (const document of wrong) expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
});
