import type { LayoutPoint, SeatLayout } from './contract.ts';
import type { Box } from './viewport.ts';

/** Most cells of the grid, whatever sizes a layout names. */
const CELLS_MAX = 250_000;

/**
 * The seats by their position, in a uniform grid of compressed rows: the seats of cell `n` are `#seats` from `#starts[n]`
 * to `#starts[n + 1]`.
 */
export class SeatGrid {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Typical distance between neighbors. */
  readonly pitch: number;
  readonly bounds: Box;
  readonly #cell: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #starts: Uint32Array;
  readonly #seats: Uint32Array;

  constructor(layout: SeatLayout) {
    this.x = Float64Array.from(layout.x);
    this.y = Float64Array.from(layout.y);
    this.bounds = findBounds(this.x, this.y);
    const width = this.bounds.right - this.bounds.left;
    const height = this.bounds.bottom - this.bounds.top;
    this.pitch = findPitch(layout, Math.hypot(width, height));
    this.#cell = Math.max(
      this.pitch * 2,
      Math.sqrt((width * height) / CELLS_MAX),
      (width + height) / 100_000,
    );
    this.#columns = Math.floor(width / this.#cell) + 1;
    this.#rows = Math.floor(height / this.#cell) + 1;
    this.#starts = new Uint32Array(this.#columns * this.#rows + 1);
    this.#seats = new Uint32Array(this.x.length);
    this.#fill();
  }

  locate(index: number): LayoutPoint {
    return { x: this.x[index] ?? 0, y: this.y[index] ?? 0 };
  }

  /** Returns the nearest seat within a radius, or null. */
  findNearest(x: number, y: number, radius: number): number | null {
    let nearest: number | null = null;
    let shortest = radius;
    this.forEachIn({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }, (index) => {
      const distance = Math.hypot((this.x[index] ?? 0) - x, (this.y[index] ?? 0) - y);
      if (distance > shortest || (distance === shortest && nearest !== null)) return;
      shortest = distance;
      nearest = index;
    });
    return nearest;
  }

  /** Visits the seats of all cells that touch a box, so also some beside it. */
  forEachIn(box: Box, visit: (index: number) => void): void {
    const left = this.#column(box.left);
    const right = this.#column(box.right);
    const bottom = this.#row(box.bottom);
    for (let row = this.#row(box.top); row <= bottom; row++) {
      // The cells of a row follow each other, and so do their seats.
      const end = this.#starts[row * this.#columns + right + 1] ?? 0;
      for (let at = this.#starts[row * this.#columns + left] ?? 0; at < end; at++)
        visit(this.#seats[at] ?? 0);
    }
  }

  #fill(): void {
    const cells = this.x.map((x, index) => this.#cellOf(x, this.y[index] ?? 0));
    for (const cell of cells) this.#starts[cell + 1] = (this.#starts[cell + 1] ?? 0) + 1;
    for (let cell = 1; cell < this.#starts.length; cell++)
      this.#starts[cell] = (this.#starts[cell] ?? 0) + (this.#starts[cell - 1] ?? 0);
    const next = this.#starts.slice();
    cells.forEach((cell, index) => {
      const at = next[cell] ?? 0;
      this.#seats[at] = index;
      next[cell] = at + 1;
    });
  }

  #cellOf(x: number, y: number): number {
    return this.#row(y) * this.#columns + this.#column(x);
  }

  #column(x: number): number {
    return limit(Math.floor((x - this.bounds.left) / this.#cell), this.#columns);
  }

  #row(y: number): number {
    return limit(Math.floor((y - this.bounds.top) / this.#cell), this.#rows);
  }
}

function limit(position: number, count: number): number {
  return Math.max(0, Math.min(count - 1, position));
}

function findBounds(x: Float64Array, y: Float64Array): Box {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let index = 0; index < x.length; index++) {
    box.left = Math.min(box.left, x[index] ?? 0);
    box.right = Math.max(box.right, x[index] ?? 0);
    box.top = Math.min(box.top, y[index] ?? 0);
    box.bottom = Math.max(box.bottom, y[index] ?? 0);
  }
  return box;
}

/** Returns the median distance between seats that follow each other in a row. */
function findPitch({ x, y, row, section }: SeatLayout, diagonal: number): number {
  const distances: number[] = [];
  for (let index = 1; index < x.length; index++) {
    if (row[index] !== row[index - 1] || section[index] !== section[index - 1]) continue;
    const distance = Math.hypot((x[index] ?? 0) - (x[index - 1] ?? 0), (y[index] ?? 0) - (y[index - 1] ?? 0));
    if (distance > 0) distances.push(distance);
  }
  const sorted = Float64Array.from(distances).sort();
  return sorted[sorted.length >> 1] ?? Math.max(diagonal / Math.sqrt(x.length), 1);
}
