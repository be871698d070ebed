import { describe, expect, it } from 'vitest';
import type { SeatLayout } from '../../../src/web/shop/map/contract.ts';
import { shortenNames } from '../../../src/web/shop/map/draw/short-names.ts';
import { findNearestFree } from '../../../src/web/shop/seats/hall.ts';
import { findOrphans } from '../../../src/web/shop/seats/orphans.ts';
import { createLayout } from './layout.fixture.ts';

/** Creates rows of a plan: a digit is the number of a row of a seat, and a space is an aisle. */
function createRows(...rows: readonly string[]): SeatLayout {
  const seats = rows.flatMap((text, y) =>
    text.split('').flatMap((sign, x) => (sign === ' ' ? [] : [{ row: String(y), x: x * 10, y: y * 10 }])),
  );
  return createLayout(seats);
}

const allFree = () => true;

describe('single seats that a selection would leave', () => {
  const rows = createRows('oooooo', 'ooo ooo');

  it('are those between selected seats, and at the end of a row', () => {
    expect(findOrphans(rows, new Set([0, 2]), allFree)).toEqual([1]);
    expect(findOrphans(rows, new Set([1]), allFree)).toEqual([0]);
    expect(findOrphans(rows, new Set([2, 3]), allFree)).toEqual([]);
  });

  it('are those beside a taken seat and an aisle', () => {
    expect(findOrphans(rows, new Set([2]), (index) => index !== 0)).toEqual([1]);
    expect(findOrphans(rows, new Set([10]), allFree)).toEqual([9, 11]);
    expect(findOrphans(rows, new Set([7]), allFree)).toEqual([6, 8]);
  });

  it('are not the last seat of a block that has just one more than is selected', () => {
    expect(findOrphans(rows, new Set([6, 7]), allFree)).toEqual([]);
    expect(findOrphans(rows, new Set([0]), (index) => index < 2)).toEqual([]);
  });
});

describe('the nearest free seats', () => {
  it('are ordered by their distance, and without taken and excluded ones', () => {
    const layout = createRows('oooooo');
    const counts = () => ({ AVAILABLE: 5, HELD: 0, BOOKED: 1, BLOCKED: 0 });
    const statusOf = (index: number) => (index === 2 ? 'BOOKED' : 'AVAILABLE');
    const seats = { seatCount: 6, state: 'live', statusOf, counts, onChange: () => () => {} } as const;
    expect(findNearestFree({ layout, seats }, 2, new Set([3]), 3)).toEqual([1, 0, 4]);
    expect(findNearestFree({ layout, seats }, 2, new Set(), 9)).toHaveLength(5);
  });
});

describe('short names of sections', () => {
  it('lack the words that all of them start with', () => {
    expect(shortenNames(['Block 101', 'Block 102'])).toEqual(['101', '102']);
    const mixed = ['Floor A1', 'Block 101', 'Floor A2', 'Block 102'];
    expect(shortenNames(mixed)).toEqual(['A1', '101', 'A2', '102']);
    const levels = ['Lower left', 'Lower right', 'Upper left', 'Upper right'];
    expect(shortenNames(levels)).toEqual(levels);
    expect(shortenNames(['Block A', 'Stalls'])).toEqual(['Block A', 'Stalls']);
    expect(shortenNames(['Stalls'])).toEqual(['Stalls']);
    expect(shortenNames(['Block', 'Block 2'])).toEqual(['Block', 'Block 2']);
  });
});
