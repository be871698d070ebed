/** The seats of one row, ordered along the row's main direction. */
export interface RowAxis {
  readonly seats: readonly number[];
  /** The position of each of `seats` on the axis, ascending. */
  readonly along: Float64Array;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Maximum number of seats to visit. It bounds the search if many seats share a position on the axis, as in stacked rows. */
const SEATS_VISITED_MAX = 32;

/**
 * Projects the seats of a row onto the direction in which they spread most. Seats that are close in the row are close on the
 * axis, so neighbors are found without comparing every two seats.
 *
 * @param seats by rank, so that floating-point sums do not depend on the order of the file.
 */
export function projectRow(seats: readonly number[], x: readonly number[], y: readonly number[]): RowAxis {
  const middle = { x: mean(seats, x), y: mean(seats, y) };
  let [xx, xy, yy] = [0, 0, 0];
  for (const seat of seats) {
    const [dx, dy] = [(x[seat] ?? 0) - middle.x, (y[seat] ?? 0) - middle.y];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const at = seats.map((seat) => ((x[seat] ?? 0) - middle.x) * cos + ((y[seat] ?? 0) - middle.y) * sin);
  const places = seats.map((_, place) => place).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b);
  return {
    seats: places.map((place) => seats[place] ?? 0),
    along: Float64Array.from(places, (place) => at[place] ?? 0),
    x,
    y,
  };
}

function mean(seats: readonly number[], values: readonly number[]): number {
  let sum = 0;
  for (const seat of seats) sum += values[seat] ?? 0;
  return sum / seats.length;
}

/**
 * Visits the seats that follow a seat on the axis, in one direction, until `visit` returns false. `distance` is the distance
 * in the plan, `ahead` the distance on the axis.
 */
export function visitAhead(
  { seats, along, x, y }: RowAxis,
  place: number,
  direction: 1 | -1,
  visit: (other: number, distance: number, ahead: number) => boolean,
): void {
  const seat = seats[place] ?? 0;
  const [seatX, seatY, start] = [x[seat] ?? 0, y[seat] ?? 0, along[place] ?? 0];
  for (let step = 1; step <= SEATS_VISITED_MAX; step++) {
    const other = seats[place + direction * step];
    if (other === undefined) return;
    const ahead = Math.abs((along[place + direction * step] ?? 0) - start);
    const distance = Math.hypot((x[other] ?? 0) - seatX, (y[other] ?? 0) - seatY);
    if (!visit(other, distance, ahead)) return;
  }
}
