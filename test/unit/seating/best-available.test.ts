import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestBlock } from '../../../src/seating/best-available/best-block.ts';
import { chooseSeats, type SeatChoice } from '../../../src/seating/best-available/best-available.ts';
import { getNeighbors } from '../../../src/seating/rows/neighbors.ts';
import { layOutVenue, type VenueLayout } from '../../../src/seating/layout/venue-layout.ts';

/** Rows of seats before a stage at the top; `.` is a place without a seat, so an aisle. A digit is the seat's tier. */
function hall(rows: readonly string[], section = (_row: number) => 'Block A'): VenueLayout {
  const seats = rows.flatMap((row, y) =>
    Array.from(row, (tier, x) => ({ x, y, tier })).filter(({ tier }) => tier !== '.'),
  );
  return layOutVenue(
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

const wish = (quantity: number, more: Partial<SeatChoice> = {}): SeatChoice => ({
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
  const [chosen] = await chooseSeats(layout, prices, free, [{ wish: choice }]);
  return chosen?.seats;
}

describe('the best available seats', () => {
  it('are adjacent, nearest to the front and its middle', async () => {
    expect(await choose(hall(['000000', '000000']), wish(2))).toEqual([2, 3]);
  });

  it('do not span an aisle', async () => {
    expect(await choose(hall(['00000..00000']), wish(4))).toEqual([1, 2, 3, 4]);
    expect(await choose(hall(['00..0000']), wish(4))).toEqual([2, 3, 4, 5]);
  });

  it('are of the dearest tier that has them, and of a cheaper one only then', async () => {
    const layout = hall(['111111', '000000']);
    expect(await choose(layout, wish(2))).toEqual([8, 9]);
    expect(await choose(layout, wish(2), [7, 9])).toEqual([10, 11]);
    expect(await choose(layout, wish(3), [7, 9])).toEqual([0, 1, 2]);
    expect(await choose(layout, wish(2, { tiers: [1] }))).toEqual([2, 3]);
  });

  it('leave no single seat alone where another block avoids it', async () => {
    expect(await choose(hall(['00000']), wish(2))).toEqual([0, 1]);
    expect(await choose(hall(['000']), wish(2))).toEqual([0, 1]);
    expect(await choose(hall(['000']), wish(2, { leavesNoneAlone: true }))).toEqual([]);
  });

  it('are scattered over one section where no row has enough, then over the hall', async () => {
    const layout = hall(['00', '00', '00'], (row) => (row === 0 ? 'Front' : 'Back'));
    expect(await choose(layout, wish(3))).toEqual([2, 3, 4]);
    expect((await choose(layout, wish(5)))?.toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(await choose(layout, wish(7))).toEqual([]);
  });

  it('are near the ones that were asked for, in their tier and side by side, or none', async () => {
    const layout = hall(['000000', '111111']);
    expect(await choose(layout, wish(2, { near: [4, 5] }), [4])).toEqual([2, 3]);
    expect(await choose(layout, wish(2, { near: [4, 5] }), [1, 3, 4])).toEqual([]);
  });

  it('are never given to two wishes; who is left with nothing for that reason is told so', async () => {
    const layout = hall(['0000000000']);
    const three = { wish: wish(3) };
    const line = [{ named: [0, 1] }, three, three, three, { wish: wish(11) }];
    const chosen = await chooseSeats(layout, [1], new Uint8Array(10).fill(1), line);
    expect(chosen.map(({ seats }) => seats.length)).toEqual([3, 3, 0, 0]);
    expect(chosen.map(({ contested }) => contested)).toEqual([false, false, true, true]);
    expect(new Set(chosen.flatMap(({ seats }) => seats)).size).toBe(6);
    expect(await chooseSeats(layout, [1], new Uint8Array(10), [three])).toEqual([
      { seats: [], contested: false },
    ]);
  });
});

describe('choosing for a long line in a large hall', () => {
  it('gives others their turn in between', async () => {
    const layout = hall(Array.from({ length: 200 }, () => '0'.repeat(100)));
    const everyOther = Uint8Array.from({ length: layout.seatCount }, (_, seat) => seat % 2);
    const line = Array.from({ length: 400 }, (_, i) => ({ wish: wish(2 + (i % 40)) }));
    let over = false;
    const choosing = chooseSeats(layout, [1], everyOther, line).finally(() => (over = true));
    let turns = 0;
    for (; !over; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect((await choosing).map(({ seats }) => seats.length)).toEqual(
      line.map((place) => place.wish.quantity),
    );
    expect(turns).toBeGreaterThan(2);
  });
});

describe('the search for a block', () => {
  const rows = fc.array(fc.stringMatching(/^[01.]{3,12}$/), { minLength: 1, maxLength: 6 });

  it('finds what trying every block finds, however the hall and the free seats look', () => {
    fc.assert(
      fc.property(
        rows,
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (plan, bits, quantity, clean) => {
          const layout = hall(plan);
          const free = Uint8Array.from({ length: layout.seatCount }, () => Number(bits.next().value));
          const found = bestBlock(layout, layout.front, layout.runsFromFront, free, {
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
