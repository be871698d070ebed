import fc from 'fast-check';
import { chooseSeats, type SeatChoice } from '../../../src/seating/best-available/choose-seats.ts';
import type { Focus } from '../../../src/seating/layout/front.ts';
import { getNeighbors } from '../../../src/seating/rows/neighbors.ts';
import { computeLayout, type VenueLayout } from '../../../src/seating/layout/venue-layout.ts';

export interface Chair {
  readonly guid: string;
  readonly section: string;
  readonly row: string;
  readonly x: number;
  readonly y: number;
  readonly category?: number;
}

export class Hall {
  readonly layout: VenueLayout;
  readonly #chairs: readonly Chair[];

  constructor(chairs: readonly Chair[], front: Focus = { x: 0, y: -100 }) {
    this.#chairs = chairs;
    this.layout = computeLayout(
      {
        guid: chairs.map(({ guid }) => guid),
        section: chairs.map(({ section }) => section),
        row: chairs.map(({ row }) => row),
        category: chairs.map(({ category = 0 }) => category),
        // As PostgreSQL stores them.
        x: chairs.map(({ x }) => Math.fround(x)),
        y: chairs.map(({ y }) => Math.fround(y)),
      },
      front,
    );
  }

  /** Returns all pairs of adjacent seats, as "a b". */
  pairs(): string[] {
    const pairs = this.#chairs.flatMap(({ guid }, seat) => {
      const { left, right } = getNeighbors(this.layout, seat);
      return [left, right].flatMap((next) => (next === null ? [] : [pair(guid, this.#guid(next))]));
    });
    return [...new Set(pairs)].sort();
  }

  async choose(
    choice: Partial<SeatChoice> & { readonly nearGuids?: readonly string[] },
    taken: readonly string[] = [],
    prices = [100, 50],
  ): Promise<string[]> {
    const free = Uint8Array.from(this.#chairs, ({ guid }) => Number(!taken.includes(guid)));
    const near = (choice.nearGuids ?? []).map((guid) =>
      this.#chairs.findIndex((chair) => chair.guid === guid),
    );
    const own = { quantity: 2, section: null, tiers: null, ...choice, near };
    const [chosen] = await chooseSeats(this.layout, prices, free, [{ choice: own }]);
    return (chosen?.seats ?? []).map((seat) => this.#guid(seat)).sort();
  }

  #guid(seat: number): string {
    return this.#chairs[seat]?.guid ?? '';
  }
}

export function pair(a: string, b: string): string {
  return [a, b].sort().join(' ');
}

/** Returns the chairs of one row at these x coordinates. Without names, their coordinates are their names. */
export function row(
  xs: readonly number[],
  more: Partial<Chair> = {},
  names: readonly string[] = [],
): Chair[] {
  const [section, name] = [more.section ?? 'A', more.row ?? '1'];
  return xs.map((x, i) => ({
    y: 0,
    x,
    guid: names[i] ?? `${section}-${name}-${x}`,
    section,
    row: name,
    ...more,
  }));
}

/** A row along a line or an arc, in pieces with aisles between them. */
export const anyRow = fc.record({
  pieces: fc.array(fc.integer({ min: 2, max: 7 }), { minLength: 1, maxLength: 4 }),
  aisle: fc.double({ min: 1.8, max: 6, noNaN: true }),
  pitch: fc.double({ min: 18, max: 32, noNaN: true }),
  slant: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  /** Angle between one seat and the next, in radians. In total at most about a full circle. */
  bend: fc.oneof(fc.constant(0), fc.double({ min: -0.9, max: 0.9, noNaN: true })),
});

type AnyRow = typeof anyRow extends fc.Arbitrary<infer T> ? T : never;

/** Returns the chairs of a row, and which are adjacent. A bent row ends before it meets itself. */
export function build({ pieces, aisle, pitch, slant, bend }: AnyRow, name: string, top: number) {
  const chairs: Chair[] = [];
  const pairs: string[] = [];
  let [x, y, heading, turned] = [0, top, slant, 0];
  for (const [piece, count] of pieces.entries()) {
    for (let i = 0; i < count; i++) {
      const isFirst = piece + i === 0;
      const step = isFirst ? 0 : i === 0 ? aisle * pitch : pitch;
      // An aisle of a bent row follows the same circle.
      const turn = isFirst ? 0 : bend * (step / pitch);
      turned += Math.abs(turn);
      if (turned > 1.8 * Math.PI - 2 * Math.abs(bend) * aisle) return { chairs, pairs };
      const chord = Math.abs(turn) < 1e-9 ? step : (step * Math.sin(turn / 2)) / (turn / 2);
      x += chord * Math.cos(heading + turn / 2);
      y += chord * Math.sin(heading + turn / 2);
      heading += turn;
      const guid = `${name}-${chairs.length}`;
      if (i > 0) pairs.push(pair(guid, chairs.at(-1)?.guid ?? ''));
      chairs.push({ guid, section: 'A', row: name, x, y });
    }
  }
  return { chairs, pairs };
}

export function shuffle<T>(values: readonly T[], numbers: IterableIterator<number>): T[] {
  const keyed = values.map((value) => ({ value, key: Number(numbers.next().value) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}
