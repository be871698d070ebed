import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBestBlock } from '../../../src/seating/best-available/best-block.ts';
import { chooseSeats, type SeatChoice } from '../../../src/seating/best-available/choose-seats.ts';
import { getNeighbors } from '../../../src/seating/rows/neighbors.ts';
import { computeLayout, type VenueLayout } from '../../../src/seating/layout/venue-layout.ts';

/** Rows of seats in front of a stage at the top. `.` is a position without a seat, an aisle; a digit is the seat's tier. */
function hall(rows: readonly string[], section = (_row: number) => 'Block A'): VenueLayout {
  const seats = rows.flatMap((row, y) =>
    Array.from(row, (tier, x) => ({ x, y, tier })).filter(({ tier }) => tier !== '.'),
  );
  return computeLayout(
    {
      guid: seats.map(({ x, y }) => `${x},${y}`),
      section: seats.map(({ y }) => section(y)),
      row: seats.map(({ y }) => String(y + 1)),
      category: seats.map(({ tier }) => Number(tier)),
      x: seats.map(({ x }) => x),
      y: seats.map(({ y }) => y),
    },
    { x: ((rows[0]?.length ?? 1) - 1) / 2, y: -2 },
  );
}

const request = (quantity: number, more: Partial<SeatChoice> = {}): SeatChoice => ({
  quantity,
  section: null,
  tiers: null,
  near: [],
  ...more,
});

async function choose(
  layout: VenueLayout,
  choice: SeatChoice,
  taken: readonly number[] = [],
  prices = [100, 50],
) {
  const free = new Uint8Array(layout.seatCount).fill(1);
  for (const seat of taken) free[seat] = 0;
  const [chosen] = await chooseSeats(layout, prices, free, [{ choice }]);
  return chosen?.seats;
}

describe('the best available seats', () => {
  it('are adjacent, and closest to the middle of the front', async () => {
    expect(await choose(hall(['000000', '000000']), request(2))).toEqual([2, 3]);
  });

  it('do not span an aisle', async () => {
    expect(await choose(hall(['00000..00000']), request(4))).toEqual([1, 2, 3, 4]);
    expect(await choose(hall(['00..0000']), request(4))).toEqual([2, 3, 4, 5]);
  });

  it('are of the most expensive tier that has enough', async () => {
    const layout = hall(['111111', '000000']);
    expect(await choose(layout, request(2))).toEqual([8, 9]);
    expect(await choose(layout, request(2), [7, 9])).toEqual([10, 11]);
    expect(await choose(layout, request(3), [7, 9])).toEqual([0, 1, 2]);
    expect(await choose(layout, request(2, { tiers: [1] }))).toEqual([2, 3]);
  });

  it('leave no single seat alone if another block avoids it', async () => {
    expect(await choose(hall(['00000']), request(2))).toEqual([0, 1]);
    expect(await choose(hall(['000']), request(2))).toEqual([0, 1]);
    expect(await choose(hall(['000']), request(2, { leavesNoneAlone: true }))).toEqual([]);
  });

  it('are scattered over one section if no row has enough, then over the hall', async () => {
    const layout = hall(['00', '00', '00'], (row) => (row === 0 ? 'Front' : 'Back'));
    expect(await choose(layout, request(3))).toEqual([2, 3, 4]);
    expect((await choose(layout, request(5)))?.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(await choose(layout, request(7))).toEqual([]);
  });

  it('are close to the named ones, in their tier and adjacent, or none', async () => {
    const layout = hall(['000000', '111111']);
    expect(await choose(layout, request(2, { near: [4, 5] }), [4])).toEqual([2, 3]);
    expect(await choose(layout, request(2, { near: [4, 5] }), [1, 3, 4])).toEqual([]);
  });

  it('are never given to two requests; a request without seats for that reason is contested', async () => {
    const layout = hall(['0000000000']);
    const three = { choice: request(3) };
    const line = [{ named: [0, 1] }, three, three, three, { choice: request(11) }];
    const chosen = await chooseSeats(layout, [1], new Uint8Array(10).fill(1), line);
    expect(chosen.map(({ seats }) => seats.length)).toEqual([3, 3, 0, 0]);
    expect(chosen.map(({ contested }) => contested)).toEqual([false, false, true, true]);
    expect(new Set(chosen.flatMap(({ seats }) => seats)).size).toBe(6);
    expect(await chooseSeats(layout, [1], new Uint8Array(10), [three])).toEqual([
      { seats: [], contested: false },
    ]);
  });
});

describe('choosing for a long queue in a large hall', () => {
  it('yields to the event loop', async () => {
    const layout = hall(Array.from({ length: 200 }, () => '0'.repeat(100)));
    const everyOther = Uint8Array.from({ length: layout.seatCount }, (_, seat) => seat % 2);
    const queue = Array.from({ length: 400 }, (_, i) => ({ choice: request(2 + (i % 40)) }));
    let over = false;
    const choosing = chooseSeats(layout, [1], everyOther, queue).finally(() => (over = true));
    let turns = 0;
    for (; !over; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect((await choosing).map(({ seats }) => seats.length)).toEqual(
      queue.map((entry) => entry.choice.quantity),
    );
    expect(turns).toBeGreaterThan(2);
  });
});

describe('the search for a block', () => {
  const rows = fc.array(fc.stringMatching(/^[01.]{3,12}$/), { minLength: 1, maxLength: 6 });

  it('finds the same block as an exhaustive search, for any hall and any free seats', () => {
    fc.assert(
      fc.property(
        rows,
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (plan, bits, quantity, clean) => {
          const layout = hall(plan);
          const free = Uint8Array.from({ length: layout.seatCount }, () => Number(bits.next().value));
          const found = findBestBlock(layout, layout.front, layout.runsFromFront, free, {
            quantity,
            section: null,
            tiers: null,
            clean,
          });
          expect(found).toEqual(tryEveryBlock(layout, free, quantity, clean));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

function tryEveryBlock(
  layout: VenueLayout,
  free: Uint8Array,
  quantity: number,
  clean: boolean,
): number[] | null {
  let best: { seats: number[]; sum: number } | null = null;
  for (let first = 0; first < layout.seatCount; first++) {
    const seats = [first];
    while (seats.length < quantity) {
      const next = getNeighbors(layout, seats.at(-1) ?? 0).right;
      if (next === null) break;
      seats.push(next);
    }
    if (seats.length < quantity || seats.some((seat) => free[seat] === 0)) continue;
    if (clean && leavesOneAlone(layout, free, seats)) continue;
    const sum = seats.reduce(
      (total, seat) =>
        total + Math.hypot((layout.x[seat] ?? 0) - layout.front.x, (layout.y[seat] ?? 0) - layout.front.y),
      0,
    );
    if (best === null || sum < best.sum) best = { seats, sum };
  }
  return best?.seats ?? null;
}

function leavesOneAlone(layout: VenueLayout, free: Uint8Array, seats: readonly number[]): boolean {
  const isFree = (seat: number | null) => seat !== null && free[seat] !== 0 && !seats.includes(seat);
  return (['left', 'right'] as const).some((side) => {
    const next = getNeighbors(layout, (side === 'left' ? seats[0] : seats.at(-1)) ?? 0)[side];
    return isFree(next) && next !== null && !isFree(getNeighbors(layout, next)[side]);
  });
}
