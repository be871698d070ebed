import { expect, it } from 'vitest';
import type { SeatFilter, SeatLayout } from '../../../src/web/shop/map/contract.ts';
import { countFree } from '../../../src/web/shop/seats/free-counts.ts';

/** Rows as text, by section: a digit is a free seat of that tier, `x` a taken one of tier 0. */
function createSeats(...sections: readonly (readonly string[])[]) {
  const seats = sections.flatMap((rows, section) =>
    rows.flatMap((row, y) => row.split('').map((mark, x) => ({ mark, x, y, section }))),
  );
  const layout = {
    sections: sections.map((_, section) => `Block ${section}`),
    tiers: [5_000, 3_000].map((amount) => ({ amount })),
    section: seats.map(({ section }) => section),
    row: seats.map(({ y }) => `${y}`),
    tier: seats.map(({ mark }) => (mark === 'x' ? 0 : Number(mark))),
    x: seats.map(({ x }) => x * 25),
    y: seats.map(({ y, section }) => y * 40 + section * 1_000),
  } as unknown as SeatLayout;
  const free = new Int32Array(sections.length * 2);
  for (const { mark, section } of seats) {
    if (mark !== 'x') free[section * 2 + Number(mark)] = (free[section * 2 + Number(mark)] ?? 0) + 1;
  }
  const statusOf = (index: number) => (seats[index]?.mark === 'x' ? 'HELD' : 'AVAILABLE');
  return (filter: Partial<SeatFilter>) =>
    countFree({ layout, statusOf }, free, { tiers: null, amountMax: null, together: 1, ...filter });
}

const count = createSeats(['00x0', '1x11'], ['0011', '1xx1']);
const nothing = { free: 0, amountMin: null };

it.each<[string, Partial<SeatFilter>, unknown]>([
  [
    'all free seats',
    {},
    {
      bySection: [
        { free: 6, amountMin: 3_000 },
        { free: 6, amountMin: 3_000 },
      ],
      byTier: [5, 7],
    },
  ],
  [
    'up to a price',
    { amountMax: 3_000 },
    {
      bySection: [
        { free: 3, amountMin: 3_000 },
        { free: 4, amountMin: 3_000 },
      ],
      byTier: [0, 7],
    },
  ],
  [
    'side by side',
    { together: 2 },
    {
      bySection: [
        { free: 4, amountMin: 3_000 },
        { free: 4, amountMin: 3_000 },
      ],
      byTier: [4, 4],
    },
  ],
  [
    // The first row of the second section has four seats side by side, but only two of each tier.
    'side by side in one tier: the counts of tiers stay those that can be chosen',
    { together: 3, tiers: new Set([0]) },
    { bySection: [nothing, nothing], byTier: [2, 2] },
  ],
])('counts %s', (_, filter, expected) => {
  expect(count(filter)).toEqual(expected);
});
