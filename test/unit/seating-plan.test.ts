import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seatLabel } from '../../src/catalog/seating-plan/seat-label.ts';
import { broken, faultsOf, planFile, planOf } from './seating-plan.fixture.ts';

describe('a valid plan', () => {
  test('has its seats in file order, at the sums of zone, row and seat positions', () => {
    const { seats } = planOf(JSON.stringify(planFile()));
    expect(seats).toHaveLength(12);
    expect(seats.map(({ index }) => index)).toEqual([...seats.keys()]);
    expect(seats[4]).toEqual({
      index: 4,
      guid: 'Left-2-2',
      section: 'Left',
      row: '2',
      number: '2',
      category: 1,
      x: 1030,
      y: 40.3,
    });
  });

  test('may have more keys than are known, and a byte order mark', () => {
    const file = broken((plan) => {
      plan.uuid = 'u';
      plan.zones[0].zone_id = 'z';
      plan.zones[0].rows[0].row_label = null;
      plan.zones[0].rows[0].seats[0].start_direction = '<>';
    });
    const text = JSON.stringify(file).replace('{', '{"__proto__":{"name":"no"},"constructor":1,');
    expect(planOf(`\uFEFF${text}`).name).toBe('Hall');
  });

  test('may leave out the position of a row and the color of a category', () => {
    const file = planFile();
    delete file.zones[0]?.rows[0]?.position;
    const plan = planOf(JSON.stringify(file));
    expect(plan.seats[1]).toMatchObject({ x: 1025, y: 0.3 });
    expect(plan.categories[1]).toEqual({ name: 'Good', color: '#808080' });
  });

  test('may have zones that only draw something, without a name', () => {
    const file = broken((plan) => plan.zones.push({ position: { x: 0, y: 0 }, rows: [] }));
    expect(faultsOf(file)).toEqual([]);
  });

  test('has its areas at absolute positions, in the form of today and of old', () => {
    const file = planFile();
    file.zones.push({
      name: 'Ground',
      position: { x: 10, y: 20 },
      rows: [],
      areas: [
        {
          shape: 'rectangle',
          position: { x: 1, y: 2 },
          rotation: 45,
          color: '#abc',
          rectangle: { width: 3, height: 4 },
        },
        { shape: 'circle', circle: { radius: 9 }, border_color: 'url(https://example.org)' },
        { shape: 'ellipse', ellipse: { radius: { x: 7, y: 8 } } },
        {
          shape: 'polygon',
          position: { x: 1, y: 1 },
          polygon: {
            points: [
              { x: 0, y: 0 },
              { x: 5, y: 6 },
            ],
          },
        },
        { shape: 'text', text: { text: 'Stage', position: { x: 1, y: 1 }, size: 30, color: 'white' } },
        { position: { x: 1, y: 2 }, width: 100, height: 50, text: 'Court' },
        { shape: 'spiral' },
      ],
    });
    const plain = { rotation: 0, color: null, borderColor: null, text: null };
    expect(planOf(JSON.stringify(file)).areas).toEqual([
      { ...plain, shape: 'rectangle', x: 11, y: 22, rotation: 45, color: '#abc', width: 3, height: 4 },
      { ...plain, shape: 'circle', x: 10, y: 20, radius: 9 },
      { ...plain, shape: 'ellipse', x: 10, y: 20, radiusX: 7, radiusY: 8 },
      {
        ...plain,
        shape: 'polygon',
        x: 11,
        y: 21,
        points: [
          { x: 11, y: 21 },
          { x: 16, y: 27 },
        ],
      },
      {
        ...plain,
        shape: 'text',
        x: 10,
        y: 20,
        text: { text: 'Stage', x: 11, y: 21, size: 30, color: 'white' },
      },
      {
        ...plain,
        shape: 'rectangle',
        x: 11,
        y: 22,
        width: 100,
        height: 50,
        text: { text: 'Court', x: 61, y: 47, size: 16, color: null },
      },
    ]);
  });

  test('is that of the real hall: 1,222 seats in six blocks', () => {
    const plan = planOf(
      readFileSync(new URL('../../prisma/plans/riethsporthalle-erfurt.json', import.meta.url), 'utf8'),
    );
    expect(plan.seats).toHaveLength(1222);
    expect(
      Object.fromEntries(
        [...Map.groupBy(plan.seats, (seat) => seat.section)].map(([name, own]) => [name, own.length]),
      ),
    ).toEqual({
      'Block A': 235,
      'Block B': 198,
      'Block C': 233,
      'Block D': 193,
      'Block E': 173,
      'Block F': 190,
    });
    expect(plan.categories.map(({ name }) => name)).toEqual(['Kategorie I', 'Kategorie II', 'VIP']);
    expect(plan.areas).toHaveLength(1);
  });
});

test('a seat label leaves out what a seat does not have', () => {
  expect(seatLabel('Block B', '3', '12')).toBe('Block B, row 3, seat 12');
  expect(seatLabel('Box 1', '', '2')).toBe('Box 1, seat 2');
});
