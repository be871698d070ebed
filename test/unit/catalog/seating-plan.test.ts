import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatLabel, seatLabel } from '../../../src/catalog/seating-plan/seat-label.ts';
import { broken, getFaults, planFile, getPlan } from './seating-plan.fixture.ts';

describe('a valid plan', () => {
  test('has its seats in file order, at the sum of zone, row and seat position', () => {
    const { seats } = getPlan(JSON.stringify(planFile()));
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

  test('may have unknown keys and a byte order mark', () => {
    const file = broken((plan) => {
      plan.uuid = 'u';
      plan.zones[0].zone_id = 'z';
      plan.zones[0].rows[0].row_label = null;
      plan.zones[0].rows[0].row_number_position = 'both';
      plan.zones[0].rows[0].seats[0].start_direction = '<>';
    });
    const text = JSON.stringify(file).replace('{', '{"__proto__":{"name":"no"},"constructor":1,');
    expect(getPlan(`\uFEFF${text}`).name).toBe('Hall');
  });

  test('may omit the position of a row and the color of a category', () => {
    const file = planFile();
    delete file.zones[0]?.rows[0]?.position;
    const plan = getPlan(JSON.stringify(file));
    expect(plan.seats[1]).toMatchObject({ x: 1025, y: 0.3 });
    expect(plan.categories[1]).toEqual({ name: 'Good', color: '#808080' });
  });

  test('may have any string as color; one that is not a hex color is replaced by the default', () => {
    const file = broken((plan) => {
      plan.categories[0].color = 'red';
      plan.categories[1].color = '#AbC';
    });
    expect(getPlan(JSON.stringify(file)).categories).toEqual([
      { name: 'Best', color: '#808080' },
      { name: 'Good', color: '#AbC' },
    ]);
  });

  test.each([
    [{ zone_id: 'left-id', uuid: 'u' }, 'left-id'],
    [{ name: '', zone_id: 'left-id' }, 'left-id'],
    [{ name: ' \u200B', zone_id: '', uuid: 'u' }, 'u'],
    [{}, 'Zone 1'],
  ])('may have a zone without a name: %j is called %j', (names, section) => {
    const file = broken((plan) => {
      delete plan.zones[0].name;
      Object.assign(plan.zones[0], names);
    });
    expect(getPlan(JSON.stringify(file)).seats[0]).toMatchObject({ section, row: '1' });
  });

  test.each([
    [{ seat_label: 'AA%s' }, 'Left, row 1, AA2'],
    [{ row_label: 'Row %s', seat_label: '%s$&' }, 'Left, Row 1, 2$&'],
    [{ row_label: 'Box', seat_label: null }, 'Left, Box, seat 2'],
    [{ row_label: '%s/%s' }, 'Left, 1/1, seat 2'],
    [{ row_label: '', seat_label: ' ' }, undefined],
    [{ row_label: 'row %s', seat_label: 'seat %s' }, undefined],
  ])('uses the label templates of a row: %j', (labels, label) => {
    const file = broken((plan) => Object.assign(plan.zones[0].rows[0], labels));
    const { seats } = getPlan(JSON.stringify(file));
    expect(seats[1]).toMatchObject({ section: 'Left', row: '1', number: '2' });
    expect(seats[1]?.label).toBe(label);
    expect(seats[4]?.label).toBeUndefined();
  });

  test('may have one row in two parts if their seats have different numbers', () => {
    const file = broken((plan) => {
      plan.zones[0].rows[1].row_number = '1';
      for (const seat of plan.zones[0].rows[1].seats) seat.seat_number = `1${seat.seat_number}`;
    });
    expect(getFaults(file)).toEqual([]);
  });

  test('may have blank row and seat numbers, which count as absent', () => {
    const file = broken((plan) => {
      plan.zones[0].rows = [plan.zones[0].rows[0]];
      plan.zones[0].rows[0].row_number = ' ';
      plan.zones[0].rows[0].seats = [{ ...plan.zones[0].rows[0].seats[0], seat_number: '\u00A0' }];
    });
    expect(getPlan(JSON.stringify(file)).seats[0]).toMatchObject({ row: '', number: '' });
  });

  test('may have areas that cannot be drawn, which are omitted, and any text, which is cut', () => {
    const at = { x: 0, y: 0 };
    const two = [at, { x: 5, y: 6 }];
    const text = (value: string, more: object = {}) => ({
      shape: 'text',
      text: { text: value, position: at, ...more },
    });
    const file = broken((plan) => {
      plan.zones[0].areas = [
        { shape: 'polygon', polygon: { points: two } },
        { shape: 'polygon', polygon: { points: [] } },
        { shape: 'polygon', polygon: { points: [...two, { x: 1e300, y: 0 }] } },
        { shape: 'rectangle', rectangle: { width: -3, height: 4 } },
        { shape: 'circle', circle: { radius: 2e6 } },
        { shape: 'ellipse', ellipse: { radius: { x: 1, y: -1 } } },
        { shape: 'rectangle' },
        { ...text('far off'), position: { x: 9e6, y: 0 } },
        text('Main\nstage\u202E'),
        text('🎭'.repeat(201), { size: -1 }),
        { ...text('\u2028'), rotation: 7300 },
      ];
    });
    expect(
      getPlan(JSON.stringify(file)).areas.map(({ text: drawn, rotation }) => [drawn?.text, rotation]),
    ).toEqual([
      ['Main stage ', 0],
      ['🎭'.repeat(200), 0],
      [undefined, 100],
    ]);
  });

  test('may have zones without seats and name', () => {
    const file = broken((plan) => plan.zones.push({ position: { x: 0, y: 0 }, rows: [] }));
    expect(getFaults(file)).toEqual([]);
  });

  test('has its areas at absolute positions, in the current and the old format', () => {
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
              { x: 0, y: 9 },
            ],
          },
        },
        { shape: 'text', text: { text: 'Stage', position: { x: 1, y: 1 }, size: 30, color: 'white' } },
        { position: { x: 1, y: 2 }, width: 100, height: 50, text: 'Court' },
        { shape: 'spiral' },
      ],
    });
    const plain = { rotation: 0, color: null, borderColor: null, text: null };
    expect(getPlan(JSON.stringify(file)).areas).toEqual([
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
          { x: 11, y: 30 },
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
    const plan = getPlan(
      readFileSync(new URL('../../../prisma/plans/riethsporthalle-erfurt.json', import.meta.url), 'utf8'),
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

test('a seat label omits the parts that a seat does not have', () => {
  expect(seatLabel('Block B', '3', '12')).toBe('Block B, row 3, seat 12');
  expect(seatLabel('Box 1', '', '2')).toBe('Box 1, seat 2');
  const own = { section: 'Parterre', row: 'AA', number: '', rowLabel: null, seatLabel: 'AA18' };
  expect(formatLabel(own)).toBe('Parterre, row AA, AA18');
});
