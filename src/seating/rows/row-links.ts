import { visitAhead, type RowAxis } from './row-axis.ts';

/** Two seats of a row this many times farther apart than the row's usual pitch have an aisle between them. */
const AISLE_FACTOR = 1.5;
/** Around a corner, seats stand no farther apart than this: else the end of one line meets the start of the next. */
const CORNER_FACTOR = 1.15;
/** Cosine of 60 degrees: a turn beyond it is a corner. */
const CORNER_COSINE = 0.5;
/** Cosine of some 127 degrees: three seats around a table turn by 120, and a row never turns back. */
const TURN_COSINE_MIN = -0.6;
/** Lines of this many seats are rows. In a row without a number they don't join at a corner. */
const LINE_SEATS_MIN = 3;
/** A row of which each seat has its two neighbors needs no more; seats crowded in one spot have hundreds in reach. */
const CANDIDATES_MAX = 6;

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly distance: number;
  /** In hundredths of the pitch: smaller differences are rounding, of positions and of their sums. */
  readonly length: number;
  /** How much of it goes up or down, in hundredths of the pitch. Seats in a square grid stand in rows, not in columns. */
  readonly rise: number;
  readonly fromRank: number;
  readonly toRank: number;
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return a.length - b.length || a.rise - b.rise || a.fromRank - b.fromRank || a.toRank - b.toRank;
}

/**
 * Links the seats of a row into lines of adjacent seats and returns these, each from one end to the other. Nearest seats
 * are linked first, no seat to more than two, and only within reach of the row's pitch. So a row may be straight,
 * slanted, curved or around a table, in pieces, and in any order.
 */
export function linkRow(
  axis: RowAxis,
  pitch: number,
  ranks: Uint32Array,
  isNumbered: boolean,
): readonly (readonly number[])[] {
  const lines = new Lines(axis, pitch, ranks, isNumbered);
  for (const candidate of findCandidates(axis, pitch, ranks)) lines.join(candidate);
  return lines.read();
}

function findCandidates(axis: RowAxis, pitch: number, ranks: Uint32Array): Candidate[] {
  const reach = pitch * AISLE_FACTOR;
  const hundredths = (distance: number) => Math.round((distance / pitch) * 100) || 0;
  const found: Candidate[] = [];
  for (const [place, seat] of axis.seats.entries()) {
    const own: Candidate[] = [];
    const rank = ranks[seat] ?? 0;
    visitAhead(axis, place, 1, (other, distance, ahead) => {
      if (distance <= reach) {
        const otherRank = ranks[other] ?? 0;
        const length = hundredths(distance);
        const rise = hundredths(Math.abs((axis.y[other] ?? 0) - (axis.y[seat] ?? 0)));
        own.push(
          rank < otherRank
            ? { from: seat, to: other, distance, length, rise, fromRank: rank, toRank: otherRank }
            : { from: other, to: seat, distance, length, rise, fromRank: otherRank, toRank: rank },
        );
      }
      return ahead <= reach;
    });
    if (own.length > CANDIDATES_MAX) own.sort(compareCandidates).length = CANDIDATES_MAX;
    for (const candidate of own) found.push(candidate);
  }
  return found.sort(compareCandidates);
}

/** Lines of seats that grow at their ends. */
class Lines {
  readonly #axis: RowAxis;
  readonly #pitch: number;
  readonly #ranks: Uint32Array;
  readonly #isNumbered: boolean;
  readonly #links = new Map<number, number[]>();
  /** Of each seat at the end of a line: the other end, and how many seats the line has. */
  readonly #ends = new Map<number, { readonly other: number; readonly count: number }>();

  constructor(axis: RowAxis, pitch: number, ranks: Uint32Array, isNumbered: boolean) {
    this.#axis = axis;
    this.#pitch = pitch;
    this.#ranks = ranks;
    this.#isNumbered = isNumbered;
    for (const seat of axis.seats) {
      this.#links.set(seat, []);
      this.#ends.set(seat, { other: seat, count: 1 });
    }
  }

  join({ from, to, distance }: Candidate): void {
    const [a, b] = [this.#ends.get(from), this.#ends.get(to)];
    // Only ends can be joined, and those of one line would close it to a ring.
    if (a === undefined || b === undefined || a.other === to) return; // guard: two-neighbors-no-ring
    const cosine = Math.min(this.#cosineOfTurn(from, to), this.#cosineOfTurn(to, from));
    if (cosine < TURN_COSINE_MIN) return;
    if (cosine < CORNER_COSINE) {
      const areRows = a.count >= LINE_SEATS_MIN && b.count >= LINE_SEATS_MIN;
      if (distance > this.#pitch * CORNER_FACTOR || (areRows && !this.#isNumbered)) return; // guard: row-corner
    }
    this.#links.get(from)?.push(to);
    this.#links.get(to)?.push(from);
    this.#ends.delete(from);
    this.#ends.delete(to);
    const count = a.count + b.count;
    this.#ends.set(a.other, { other: b.other, count });
    this.#ends.set(b.other, { other: a.other, count });
  }

  read(): readonly (readonly number[])[] {
    const lines: number[][] = [];
    for (const [start, { other }] of this.#ends) {
      if (this.#isLeft(other, start)) continue;
      const line = [start];
      let before = start;
      for (let next = this.#links.get(start)?.[0]; next !== undefined;) {
        line.push(next);
        const beyond = this.#links.get(next)?.find((seat) => seat !== before);
        [before, next] = [next, beyond];
      }
      lines.push(line);
    }
    return lines;
  }

  /** How far the line that ends in a seat turns if it goes on to another: 1 straight on, -1 back. */
  #cosineOfTurn(seat: number, to: number): number {
    const before = this.#links.get(seat)?.[0];
    if (before === undefined) return 1;
    const [inX, inY] = this.#step(before, seat);
    const [outX, outY] = this.#step(seat, to);
    const lengths = Math.hypot(inX, inY) * Math.hypot(outX, outY);
    return lengths === 0 ? 1 : (inX * outX + inY * outY) / lengths;
  }

  #step(from: number, to: number): readonly [number, number] {
    const { x, y } = this.#axis;
    return [(x[to] ?? 0) - (x[from] ?? 0), (y[to] ?? 0) - (y[from] ?? 0)];
  }

  /** Lines are read from left to right, upright ones from top to bottom. */
  #isLeft(seat: number, other: number): boolean {
    const [dx, dy] = this.#step(seat, other);
    const [rank = 0, otherRank = 0] = [this.#ranks[seat], this.#ranks[other]];
    return dx > 0 || (dx === 0 && (dy > 0 || (dy === 0 && rank < otherRank)));
  }
}
