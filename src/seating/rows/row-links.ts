import { visitAhead, type RowAxis } from './row-axis.ts';

/** Distance, in pitches, from which two seats of a row have an aisle between them. */
const AISLE_FACTOR = 1.5;
/** Maximum distance around a corner, in pitches. Beyond it, the end of one line would be linked to the start of the next. */
const CORNER_FACTOR = 1.15;
/** Cosine of 60 degrees. A sharper turn is a corner. */
const CORNER_COSINE = 0.5;
/** Cosine of about 127 degrees, the sharpest turn. Three seats around a table turn by 120; a row never turns back. */
const TURN_COSINE_MIN = -0.6;
/** Minimum number of seats that make a line a row. In a row without a number, such lines do not join at a corner. */
const LINE_SEATS_MIN = 3;
/** Maximum number of candidates per seat. Real rows need fewer; seats crowded in one spot have hundreds in reach. */
const CANDIDATES_MAX = 6;

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly distance: number;
  /** Distance in hundredths of the pitch. Smaller differences are rounding errors. */
  readonly length: number;
  /** Vertical part of the distance, in hundredths of the pitch. It makes rows, not columns, of a square grid. */
  readonly rise: number;
  readonly fromRank: number;
  readonly toRank: number;
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return a.length - b.length || a.rise - b.rise || a.fromRank - b.fromRank || a.toRank - b.toRank;
}

/**
 * Links the seats of a row to lines of adjacent seats, and returns each line from one end to the other. The nearest seats
 * are linked first, each to at most two others, and only within reach of the row's pitch. A row may be straight, slanted,
 * curved, around a table or in pieces, and its seats may be in any order.
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
  /** For each seat at the end of a line, the other end and the number of seats of the line. */
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
    // Only ends can be joined. The two ends of one line would form a ring.
    if (a === undefined || b === undefined || a.other === to) return; // guard: two-neighbors-no-ring
    const cosine = Math.min(this.#turnCosine(from, to), this.#turnCosine(to, from));
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

  /** Returns the cosine of the turn at `seat`, where a line ends, if the line continues to `to`. 1 is straight, -1 is back. */
  #turnCosine(seat: number, to: number): number {
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

  /** Orders the ends of a line: from left to right, or from top to bottom if it is vertical. */
  #isLeft(seat: number, other: number): boolean {
    const [dx, dy] = this.#step(seat, other);
    const [rank = 0, otherRank = 0] = [this.#ranks[seat], this.#ranks[other]];
    return dx > 0 || (dx === 0 && (dy > 0 || (dy === 0 && rank < otherRank)));
  }
}
