import { describe, expect, test } from 'vitest';
import { generateArena } from '../../../prisma/plans/arena.ts';
import { generateStadium } from '../../../prisma/plans/stadium.ts';
import { generateTheatre } from '../../../prisma/plans/theatre.ts';
import { validateSeatingPlan } from '../../../src/catalog/seating-plan/parse-plan.ts';
import type { PlanSeat, SeatingPlan } from '../../../src/catalog/seating-plan/seating-plan.ts';

const seatPitch = 25;
const seatDistanceMin = 24;

function getPlan(file: unknown): SeatingPlan {
  const result = validateSeatingPlan(file);
  if (!result.ok) throw new Error(JSON.stringify(result.faults.slice(0, 3)));
  return result.plan;
}

describe.each([
  ['theatre', generateTheatre, 800, 13],
  ['arena', generateArena, 18_000, 64],
  ['stadium', generateStadium, 80_000, 124],
] as const)('the %s', (_name, generate, seatCount, sectionCount) => {
  const plan = getPlan(generate());

  test('has the expected numbers of seats and sections, and uses every category', () => {
    expect(plan.seats).toHaveLength(seatCount);
    expect(new Set(plan.seats.map(({ section }) => section)).size).toBe(sectionCount);
    expect(new Set(plan.seats.map(({ category }) => category)).size).toBe(plan.categories.length);
  });

  test('is the same every time', () => {
    expect(JSON.stringify(generate())).toBe(JSON.stringify(generate()));
  });

  test('has at least 48 cm between any two seats', () => {
    expect(nearestDistance(plan.seats)).toBeGreaterThan(seatDistanceMin);
  });

  test('has every seat inside the drawing', () => {
    const { width, height } = plan.size;
    expect(plan.seats.filter(({ x, y }) => x < 0 || y < 0 || x > width || y > height)).toEqual([]);
  });

  test('numbers rows from 1 in a section and seats from 1 in a row', () => {
    for (const section of Map.groupBy(plan.seats, (seat) => seat.section).values()) {
      const rows = [...Map.groupBy(section, (seat) => seat.row)];
      expect(rows.map(([row]) => row)).toEqual(rows.map((_, index) => String(index + 1)));
      for (const [, row] of rows) {
        expect(row.map(({ number }) => number)).toEqual(row.map((_, index) => String(index + 1)));
      }
    }
  });

  test('has one pitch or an aisle between consecutive seats of a row', () => {
    const unclear = plan.seats.filter((seat, index) => {
      const before = plan.seats[index - 1];
      if (before === undefined || before.section !== seat.section || before.row !== seat.row) return false;
      const gap = distance(before, seat) / seatPitch;
      return gap > 1.25 && gap < 2;
    });
    expect(unclear).toEqual([]);
  });
});

test.each([
  ['arena', generateArena],
  ['stadium', generateStadium],
])('each row of the %s is farther out than the one before it', (_name, generate) => {
  const { seats, size } = getPlan(generate());
  const blocks = Map.groupBy(
    seats.filter(({ section }) => section.startsWith('Block')),
    (seat) => seat.section,
  );
  const centre = { x: size.width / 2, y: size.height / 2 };
  for (const block of blocks.values()) {
    const fronts = [...Map.groupBy(block, (seat) => seat.row).values()].map((row) =>
      Math.min(...row.map((seat) => distance(seat, centre))),
    );
    expect(fronts).toEqual(fronts.toSorted((a, b) => a - b));
  }
});

type At = Pick<PlanSeat, 'x' | 'y'>;

function distance(a: At, b: At): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Compares only seats in the same or a neighboring cell of a grid, which suffices for distances below a cell. */
function nearestDistance(seats: PlanSeat[]): number {
  const cell = 2 * seatPitch;
  const key = (x: number, y: number): number => x * 100_000 + y;
  const grid = new Map<number, PlanSeat[]>();
  let nearest = Infinity;
  for (const seat of seats) {
    const [column, line] = [Math.floor(seat.x / cell), Math.floor(seat.y / cell)];
    for (const dx of [-1, 0, 1]) {
      for (const dy of [-1, 0, 1]) {
        for (const other of grid.get(key(column + dx, line + dy)) ?? []) {
          nearest = Math.min(nearest, distance(seat, other));
        }
      }
    }
    const own = grid.get(key(column, line));
    if (own) own.push(seat);
    else grid.set(key(column, line), [seat]);
  }
  return nearest;
}
