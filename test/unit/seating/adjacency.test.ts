import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { planOf } from '../../../prisma/seed/example-venues.ts';
import { findFront } from '../../../src/seating/layout/front.ts';
import { anyRow, build, Hall, pair, row, shuffle, type Chair } from './adjacency.fixture.ts';

describe('adjacent seats', () => {
  // Odd numbers are left of an aisle, even ones right of it; the file is in the order of the numbers.
  const split = row([0, 150, 25, 175, 50, 200], {}, ['1', '2', '3', '4', '5', '6']);

  it('are found by position, not by the order of the file', async () => {
    const hall = new Hall(split, { x: 100, y: -100 });
    expect(hall.pairs()).toEqual(['1 3', '2 4', '3 5', '4 6']);
    expect(await hall.choose({})).toEqual(['3', '5']);
    expect(await hall.choose({ quantity: 3 })).toEqual(['1', '3', '5']);
    expect(await hall.choose({ leavesNoneAlone: true }, ['1'])).toEqual(['3', '5']);
  });

  it('have no aisle between them, even if the row is too short to derive its pitch from its gaps', async () => {
    const hall = new Hall(row([0, 25, 400], {}, ['1', '2', '3']));
    expect(hall.pairs()).toEqual(['1 2']);
    expect(await hall.choose({ leavesNoneAlone: true }, ['1'])).toEqual([]);
  });

  it.each([
    ['a row of single seats and one pair', [0, 25, 200, 400], ['0 25']],
    ['a row of pairs', [0, 25, 100, 125, 200, 225], ['0 25', '100 125', '200 225']],
    ['wide seats that are alike', [0, 60, 120, 180], ['0 60', '120 60', '120 180']],
    ['two seats, which a row of its own shows nothing about', [0, 400], []],
    ['two seats that may have an aisle between', [0, 60], []],
    ['single seats far apart', [0, 300, 600, 900], []],
    ['two seats in one place', [0, 25, 25.001, 50], ['0 25', '25 25.001', '25.001 50']],
  ])('in %s are at most a pitch of the row, section or hall apart', (_name, xs, pairs) => {
    const hall = new Hall([
      ...row(xs, {}, xs.map(String)),
      ...row([0, 25, 50, 75, 100], { row: '2', y: 40 }),
      ...row([0, 25, 50, 75, 100], { row: '3', y: 80 }),
    ]);
    expect(hall.pairs().filter((found) => !found.includes('A'))).toEqual([...pairs].sort());
  });

  it('of a section with its own pitch are found by that pitch, not by that of the hall', () => {
    const box = row([0, 60], { section: 'Box', row: '1' }, ['a', 'b']);
    const more = row([0, 60, 120], { section: 'Box', row: '2', y: 60 });
    const others = ['1', '2', '3'].flatMap((name, y) =>
      row([0, 25, 50, 75, 100], { row: name, y: 200 + 40 * y }),
    );
    expect(new Hall([...box, ...more, ...others]).pairs()).toContain('a b');
  });

  it('sit around a table', () => {
    for (const count of [3, 4, 5, 6, 8, 12]) {
      const radius = 12.5 / Math.sin(Math.PI / count);
      const chairs = Array.from({ length: count }, (_, i): Chair => {
        const angle = (2 * Math.PI * i) / count;
        return {
          guid: `${i}`,
          section: 'T',
          row: '',
          x: radius * Math.cos(angle),
          y: radius * Math.sin(angle),
        };
      });
      // An open line: each seat has its neighbors.
      expect(new Hall(chairs).pairs()).toHaveLength(count - 1);
    }
  });

  it('do not include those of the next row if rows have no numbers', () => {
    const chairs = [0, 1, 2, 3].flatMap((line) =>
      row(
        [0, 25, 50, 75],
        { row: '', y: 30 * line },
        [0, 1, 2, 3].map((i) => `${line}.${i}`),
      ),
    );
    const pairs = [0, 1, 2, 3].flatMap((line) => [0, 1, 2].map((i) => `${line}.${i} ${line}.${i + 1}`));
    expect(new Hall(chairs).pairs()).toEqual(pairs);
    const square = chairs.map((chair) => ({ ...chair, y: (chair.y / 30) * 25 }));
    expect(new Hall(square).pairs()).toEqual(pairs);
  });

  it('do not connect the end of one line of a row with the next line', () => {
    const lines = [...row([0, 25, 50], {}, ['a', 'b', 'c']), ...row([0, 25, 50], { y: 30 }, ['d', 'e', 'f'])];
    expect(new Hall(lines).pairs()).toEqual(['a b', 'b c', 'd e', 'e f']);
  });

  it('of a row with a corner continue around it', () => {
    const legs = [...row([0, 25, 50, 75], {}, ['a', 'b', 'c', 'd'])];
    for (const [i, guid] of ['e', 'f', 'g'].entries()) {
      legs.push({ guid, section: 'A', row: '1', x: 75, y: 25 * (i + 1) });
    }
    expect(new Hall(legs).pairs()).toEqual(['a b', 'b c', 'c d', 'd e', 'e f', 'f g']);
  });
});

describe('rows that are straight, slanted or curved, in pieces, and in any order of the file', () => {
  test('have exactly the consecutive seats of each piece as adjacent seats', () => {
    let checked = 0;
    fc.assert(
      fc.property(anyRow, fc.infiniteStream(fc.nat()), (shape, numbers) => {
        // With a bend so tight that an aisle leads back to earlier seats, it is not a row.
        fc.pre(Math.abs(shape.bend) * shape.aisle < 1.2);
        const { chairs, pairs } = build(shape, '1', 0);
        fc.pre(chairs.length >= 3);
        checked++;
        expect(new Hall(shuffle(chairs, numbers)).pairs()).toEqual(pairs.sort());
      }),
      { numRuns: 1_000 },
    );
    expect(checked).toBeGreaterThan(900);
  });

  test('lead to the same chairs for every request', async () => {
    const rows = fc.array(anyRow, { minLength: 1, maxLength: 5 });
    const bits = fc.infiniteStream(fc.integer({ min: 0, max: 9 }));
    const requests = fc.record({
      quantity: fc.integer({ min: 1, max: 6 }),
      leavesNoneAlone: fc.boolean(),
      isNear: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        rows,
        bits,
        fc.infiniteStream(fc.nat()),
        requests,
        async (shapes, random, numbers, request) => {
          const chairs = shapes.flatMap((shape, i) =>
            // Rounded, so that many blocks tie.
            build({ ...shape, pitch: 25, slant: 0 }, `${i % 3}`, 40 * i).chairs.map((chair) => ({
              ...chair,
              guid: `${i}-${chair.guid}`,
              x: Math.round(chair.x),
              category: random.next().value % 2,
            })),
          );
          const taken = chairs.filter(() => random.next().value < 3).map(({ guid }) => guid);
          const nearGuids = request.isNear ? chairs.slice(0, request.quantity).map(({ guid }) => guid) : [];
          const prices = random.next().value < 5 ? [100, 100] : [100, 50];
          const chosen = await new Hall(chairs).choose({ ...request, nearGuids }, taken, prices);
          const shuffled = new Hall(shuffle(chairs, numbers));
          expect(shuffled.pairs()).toEqual(new Hall(chairs).pairs());
          expect(
            await shuffled.choose({ ...request, nearGuids: nearGuids.toReversed() }, taken, prices),
          ).toEqual(chosen);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('seats at the same position are distinguished by their guids', async () => {
  const chairs = row([0, 0, 0, 25, 25], {}, ['c', 'a', 'b', 'e', 'd']);
  const chosen = await new Hall(chairs).choose({ quantity: 1 });
  expect(await new Hall(chairs.toReversed()).choose({ quantity: 1 })).toEqual(chosen);
  expect(new Hall(chairs.toReversed()).pairs()).toEqual(new Hall(chairs).pairs());
});

test('scattered seats at the same distance are chosen from the top, then from the left', async () => {
  const chairs = [
    ...row([-30], { row: '1' }, ['left']),
    ...row([30], { row: '2' }, ['right']),
    ...row([0], { row: '3', y: 30 }, ['below']),
  ];
  for (const file of [chairs, chairs.toReversed()]) {
    expect(await new Hall(file, { x: 0, y: 0 }).choose({ quantity: 2 })).toEqual(['left', 'right']);
  }
});

test('tiers of one price are treated as one, regardless of their order in the plan', async () => {
  const chairs = row([0, 25, 50, 75], {}, ['a', 'b', 'c', 'd']).map((chair, i) => ({
    ...chair,
    category: i >> 1,
  }));
  const swapped = chairs.map((chair) => ({ ...chair, category: 1 - chair.category }));
  for (const file of [chairs, swapped]) {
    const hall = new Hall(file, { x: 37.5, y: -100 });
    expect(await hall.choose({ quantity: 1 }, [], [100, 100])).toEqual(['a']);
    expect(await hall.choose({}, [], [100, 100])).toEqual(['a', 'b']);
    expect(await hall.choose({ quantity: 3 }, [], [100, 100])).toEqual(['a', 'b', 'c']);
  }
});

test('the front does not depend on the order of two equal areas in the plan', () => {
  const area = {
    shape: 'rectangle',
    width: 9,
    height: 9,
    rotation: 0,
    color: null,
    borderColor: null,
    text: null,
  };
  const [a, b] = [
    { ...area, shape: 'rectangle', x: 50, y: 0 } as const,
    { ...area, shape: 'rectangle', x: 10, y: 0 } as const,
  ];
  expect(findFront(100, [a, b])).toEqual({ x: 14.5, y: 4.5 });
  expect(findFront(100, [b, a])).toEqual({ x: 14.5, y: 4.5 });
});

test.each(['Riethsporthalle Erfurt', 'Sellout Theatre', 'Sellout Arena'] as const)(
  'in %s, they are those that are consecutive in the file, one pitch apart',
  async (venue) => {
    const { seats } = await planOf(venue);
    const chairs = seats.map(({ index, section, row: name, x, y }) => ({
      guid: String(index).padStart(5, '0'),
      section,
      row: name,
      x,
      y,
    }));
    const pairs = chairs.flatMap((chair, i) => {
      const next = chairs[i + 1];
      if (next === undefined || next.section !== chair.section || next.row !== chair.row) return [];
      return Math.hypot(next.x - chair.x, next.y - chair.y) < 26 * 1.5 ? [pair(chair.guid, next.guid)] : [];
    });
    expect(new Hall(chairs).pairs()).toEqual(pairs.sort());
  },
);
