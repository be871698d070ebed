import { describe, expect, test } from 'vitest';
import { validateSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';
import type { PlanFileZone } from '../../../src/catalog/seating-plan/plan-file.ts';
import { broken, getFaults, planFile, zone } from './seating-plan.fixture.ts';

describe('a plan is refused, with path and message, for', () => {
  // oxlint-disable-next-line typescript/no-explicit-any -- the point is to break the type
  const cases: [string, (file: any) => void, string, RegExp][] = [
    ['a missing name', (file) => delete file.name, 'name', /missing/],
    [
      'a name that is too long',
      (file) => (file.name = 'x'.repeat(201)),
      'name',
      /201 characters; .* 1 to 200/,
    ],
    ['a name with a NUL', (file) => (file.name = 'a\0b'), 'name', /control/],
    ['half a surrogate pair', (file) => (file.zones[0].name = 'a\ud800'), 'zones[0].name', /broken/],
    ['a missing size', (file) => delete file.size, 'size', /missing/],
    ['a height that is no number', (file) => (file.size.height = '5'), 'size.height', /string "5"/],
    ['categories that are no array', (file) => (file.categories = {}), 'categories', /an object; .* array/],
    [
      'an empty category name',
      (file) => file.categories.push({ name: ' ' }),
      'categories[2].name',
      /no visible characters/,
    ],
    [
      'a duplicate category',
      (file) => file.categories.push({ name: 'Best' }),
      'categories[2].name',
      /categories\[0\]/,
    ],
    [
      'a category that looks like another',
      (file) => file.categories.push({ name: 'Best\u00A0' }),
      'categories[2].name',
      /categories\[0\]/,
    ],
    [
      'a color that is no string',
      (file) => (file.categories[0].color = 5),
      'categories[0].color',
      /number 5/,
    ],
    ['65 categories', (file) => (file.categories = many(65)), 'categories', /65 categories; at most 64/],
    ['no zones', (file) => delete file.zones, 'zones', /missing/],
    ['a zone that is null', (file) => (file.zones[1] = null), 'zones[1]', /null; it must be an object/],
    ['a zone without a position', (file) => delete file.zones[1].position, 'zones[1].position', /missing/],
    [
      'a zone name that is too long',
      (file) => (file.zones[1].name = 'x'.repeat(101)),
      'zones[1].name',
      /1 to 100/,
    ],
    ...['Left ', ' Left', 'Le\u200Bft'].map((name): (typeof cases)[number] => [
      `a zone name that looks like another: ${JSON.stringify(name)}`,
      (file) => (file.zones[1].name = name),
      'zones[1].name',
      /zones\[0\]\.name/,
    ]),
    [
      'the name of a zone that looks like the id of another',
      (file) => {
        file.zones[0] = { ...file.zones[0], name: '', zone_id: 'Cafe\u0301' };
        file.zones[1].name = 'Caf\u00E9';
      },
      'zones[1].name',
      /zones\[0\]\.zone_id/,
    ],
    [
      'a zone id with a control character, where it is the name',
      (file) => {
        delete file.zones[1].name;
        file.zones[1].zone_id = 'a\nb';
      },
      'zones[1].zone_id',
      /control character U\+000A/,
    ],
    ['a zone name of the wrong type', (file) => (file.zones[1].name = 7), 'zones[1].name', /number 7/],
    [
      'a label of the wrong type',
      (file) => (file.zones[0].rows[1].seat_label = 7),
      'zones[0].rows[1].seat_label',
      /number 7/,
    ],
    [
      'a row label that is too long once its number is in it',
      (file) => {
        file.zones[0].rows[1].row_label = '%s'.repeat(50);
        file.zones[0].rows[1].row_number = '1234567890';
      },
      'zones[0].rows[1].row_label',
      /more than 100 characters/,
    ],
    [
      'a seat label that is too long once its number is in it',
      (file) => {
        file.zones[0].rows[1].seat_label = '%s'.repeat(11);
        seat(file).seat_number = '1234567890';
      },
      'zones[0].rows[1].seat_label',
      /more than 100 characters when it includes "1234567890"/,
    ],
    [
      'a label that turns the text around',
      (file) => (file.zones[0].rows[1].seat_label = '%s\u202E'),
      'zones[0].rows[1].seat_label',
      /U\+202E/,
    ],
    [
      'two seats with one number',
      (file) => (seat(file).seat_number = '1'),
      'zones[0].rows[1].seats[2]',
      /"Left, row 2, seat 1" is already used by zones\[0\]\.rows\[1\]\.seats\[0\]/,
    ],
    [
      'two seats whose numbers look alike',
      (file) => (seat(file).seat_number = ' 1\u200D'),
      'zones[0].rows[1].seats[2]',
      /zones\[0\]\.rows\[1\]\.seats\[0\]/,
    ],
    [
      'a label in the words of the plan that another seat has by its numbers',
      (file) => {
        file.zones[0].rows[1].row_label = 'row 1';
        file.zones[0].rows[1].seats = [{ ...seat(file), seat_number: 'x' }];
        file.zones[0].rows[1].seat_label = 'seat 3';
      },
      'zones[0].rows[1].seats[0]',
      /"Left, row 1, seat 3" is already used by zones\[0\]\.rows\[0\]\.seats\[2\]/,
    ],
    [
      'a zone name that is taken',
      (file) => (file.zones[1].name = 'Left'),
      'zones[1].name',
      /zones\[0\]\.name/,
    ],
    ['rows that are no array', (file) => (file.zones[1].rows = 5), 'zones[1].rows', /number 5/],
    ['areas that are no array', (file) => (file.zones[1].areas = 'x'), 'zones[1].areas', /array/],
    ['an area of wrong type', (file) => (file.zones[1].areas = [7]), 'zones[1].areas[0]', /number 7/],
    [
      'a row number',
      (file) => (file.zones[0].rows[1].row_number = 1),
      'zones[0].rows[1].row_number',
      /number 1/,
    ],
    [
      'a row without seats',
      (file) => delete file.zones[0].rows[1].seats,
      'zones[0].rows[1].seats',
      /missing/,
    ],
    ['no seats', (file) => file.zones.forEach((one: PlanFileZone) => (one.rows = [])), 'zones', /no seats/],
    [
      'a missing guid',
      (file) => delete seat(file).seat_guid,
      'zones[0].rows[1].seats[2].seat_guid',
      /missing/,
    ],
    ['an empty guid', (file) => (seat(file).seat_guid = ''), 'zones[0].rows[1].seats[2].seat_guid', /empty/],
    [
      'a long guid',
      (file) => (seat(file).seat_guid = 'x'.repeat(101)),
      'zones[0].rows[1].seats[2].seat_guid',
      /100/,
    ],
    [
      'a duplicate guid',
      (file) => (seat(file).seat_guid = 'Left-1-1'),
      'zones[0].rows[1].seats[2].seat_guid',
      /"Left-1-1" is already used by zones\[0\]\.rows\[0\]\.seats\[0\]\.seat_guid/,
    ],
    [
      'a numeric seat number',
      (file) => (seat(file).seat_number = 3),
      'zones[0].rows[1].seats[2].seat_number',
      /3/,
    ],
    [
      'a long seat number',
      (file) => (seat(file).seat_number = '1'.repeat(21)),
      'zones[0].rows[1].seats[2].seat_number',
      /20/,
    ],
    [
      'an unknown category',
      (file) => (seat(file).category = 'VIP'),
      'zones[0].rows[1].seats[2].category',
      /"VIP"/,
    ],
    [
      'an inherited category',
      (file) => (seat(file).category = '__proto__'),
      'zones[0].rows[1].seats[2].category',
      /no/,
    ],
    [
      'a missing x',
      (file) => delete seat(file).position.x,
      'zones[0].rows[1].seats[2].position.x',
      /missing/,
    ],
    [
      'an infinite y',
      (file) => (seat(file).position.y = Infinity),
      'zones[0].rows[1].seats[2].position.y',
      /Infinity/,
    ],
    [
      'a seat far off',
      (file) => (seat(file).position.y = 1e7),
      'zones[0].rows[1].seats[2].position.y',
      /1000000/,
    ],
  ];
  test.each(cases)('%s', (_name, change, path, message) => {
    expect(getFaults(broken(change))).toEqual([{ path, message: expect.stringMatching(message) }]);
  });

  // oxlint-disable-next-line typescript/no-explicit-any -- the file is a broken one
  function seat(file: any): any {
    return file.zones[0].rows[1].seats[2];
  }

  function many(count: number): { name: string }[] {
    return Array.from({ length: count }, (_, index) => ({ name: ['Best', 'Good'][index] ?? `C${index}` }));
  }

  test('two rows of the same name in a zone, once for each duplicate label', () => {
    const file = broken((plan) => (plan.zones[0].rows[1].row_number = '1'));
    expect(getFaults(file)).toEqual(
      [0, 1, 2].map((index) => ({
        path: `zones[0].rows[1].seats[${index}]`,
        message: expect.stringContaining(`zones[0].rows[0].seats[${index}]`) as string,
      })),
    );
  });

  test('several faults at once, all of them listed', () => {
    const file = broken((plan) => {
      delete plan.name;
      plan.categories[0].color = 5;
      delete plan.zones[0].position;
      plan.zones[0].rows[0].seats[0].category = 'x';
      plan.zones[1].rows[1].row_number = null;
      plan.zones[1].rows[1].seats[1].seat_guid = 'Right-1-1';
    });
    expect(getFaults(file).map(({ path }) => path)).toEqual([
      'name',
      'categories[0].color',
      'zones[0].position',
      'zones[0].rows[0].seats[0].category',
      'zones[1].rows[1].row_number',
      'zones[1].rows[1].seats[1].seat_guid',
    ]);
  });

  test('more faults than are listed, which are still counted', () => {
    const result = validateSeatingPlan({ ...planFile(), zones: [zone('Left', 20, 10)], categories: [] });
    expect(result).toMatchObject({ ok: false, faultCount: 200 });
    expect(getFaults({ ...planFile(), zones: [zone('Left', 20, 10)], categories: [] })).toHaveLength(100);
  });

  test('one seat more than 200,000, before any seat is read', () => {
    const seats = Array.from({ length: 200_001 }, () => null);
    const file = broken((plan) => (plan.zones[0].rows = [{ row_number: '1', seats }]));
    expect(getFaults(file).map(({ message }) => message)).toEqual([
      'The plan has 200007 seats; at most 200000 are allowed.',
    ]);
  });

  test.each([[null], [5], ['x'], [[]], [undefined]])('%j instead of a plan', (value) => {
    expect(getFaults(value)).toEqual([{ path: '$', message: expect.stringMatching(/must be an object/) }]);
  });
});
