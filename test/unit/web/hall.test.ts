import { expect, it } from 'vitest';
import type { SeatFilter, SeatLayout, SeatSource } from '../../../src/web/shop/map/contract.ts';
import { chooseBestTier, findNearestFree } from '../../../src/web/shop/seats/hall.ts';
import { findOrphans } from '../../../src/web/shop/seats/orphans.ts';

/** Seats as text, one line per row: `.` free, `x` taken, `o` selected. */
function createHall(...rows: readonly string[]) {
  const seats = rows.flatMap((row, y) => row.split('').map((mark, x) => ({ mark, x, y, row: `${y}` })));
  const layout = {
    section: seats.map(() => 0),
    seatIds: seats.map((_, index) => `${index}`),
    row: seats.map(({ row }) => row),
    tier: seats.map(() => 0),
    x: seats.map(({ x }) => x * 25),
    y: seats.map(({ y }) => y * 40),
  } as unknown as SeatLayout;
  const source = { statusOf: (index: number) => (seats[index]?.mark === 'x' ? 'HELD' : 'AVAILABLE') };
  const selected = new Set(seats.flatMap(({ mark }, index) => (mark === 'o' ? [index] : [])));
  return { hall: { layout, seats: source as unknown as SeatSource }, selected };
}

it.each([
  ['beside a taken seat', ['x.oo...'], [1]],
  ['at the end of a row', ['...oo.'], [5]],
  ['on both sides', ['x.o.xx', 'xx.o.x'], [1, 3, 8, 10]],
  ['at neither end', ['xoo..x', '..oo..'], []],
  ['if it cannot be avoided', ['xoo.xx'], []],
  ['between two selected seats', ['..o.o..'], [3]],
  ['in the row itself only', ['..oo', '.xxx'], []],
])('a free seat that a selection leaves alone is found: %s', (_, rows, orphans) => {
  const { hall, selected } = createHall(...rows);
  const isFree = (index: number) => hall.seats.statusOf(index) === 'AVAILABLE';
  expect(findOrphans(hall.layout, selected, isFree)).toEqual(orphans);
});

it('a lost seat is replaced by the nearest free ones', () => {
  const { hall, selected } = createHall('..x..', '.....', '.o...');
  expect(findNearestFree(hall, 2, selected, 3)).toEqual([1, 3, 7]);
  expect(findNearestFree(hall, 2, new Set([...selected, 1]), 1)).toEqual([3]);
  expect(findNearestFree(createHall('xx').hall, 0, new Set(), 3)).toEqual([]);
});

it('the best seats are those of the most expensive tier that the filter allows and that has enough of them', () => {
  const layout = { tiers: [100, 50, 20].map((amount) => ({ amount })) } as unknown as SeatLayout;
  const all: SeatFilter = { tiers: null, amountMax: null, together: 2 };
  expect(chooseBestTier(layout, [9, 9, 9], all)).toBeNull();
  expect(chooseBestTier(layout, [9, 9, 9], { ...all, amountMax: 50 })).toBe(1);
  expect(chooseBestTier(layout, [9, 1, 9], { ...all, amountMax: 50 })).toBe(2);
  expect(chooseBestTier(layout, [9, 0, 0], { ...all, tiers: new Set([1, 2]) })).toBe(1);
  expect(chooseBestTier(layout, [9, 9, 9], { ...all, tiers: new Set([0]), amountMax: 50 })).toBeNull();
});
