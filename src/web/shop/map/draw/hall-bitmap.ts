import { BLOCKED, BOOKED, FREE, HELD, MINE, OTHER, SELECTED } from '../looks.ts';
import type { Scene } from '../scene.ts';
import type { Box, Viewport } from '../viewport.ts';

/** Distance of two seats from which a larger bitmap would show nothing more. */
const PITCH_MAX_PX = 8;

/** Part of the size of the bitmap below which the picture would flicker without smaller copies, which cost more than the rest. */
const SMOOTH_BELOW = 0.5;

/** Side of the square of a seat, as a part of the distance between seats. Seats that cannot be had are smaller. */
const sizes = new Map<number, number>([
  [FREE, 0.8],
  [OTHER, 0.4],
  [HELD, 0.5],
  [BOOKED, 0.35],
  [BLOCKED, 0.35],
  [SELECTED, 1],
  [MINE, 1],
]);

export function getSquareSize(look: number): number {
  return sizes.get(look) ?? 0;
}

/**
 * One picture of the whole hall. The far view and the minimap scale it. Before it is drawn, the squares of changed seats are
 * repainted in place.
 */
export class HallBitmap {
  readonly canvas = document.createElement('canvas');
  readonly #scene: Scene;
  readonly #box: Box;
  /** Pixels of the picture per unit of the hall. */
  readonly scale: number;
  readonly #changed = new Set<number>();
  #isPainted = false;

  constructor(scene: Scene, sideMaxPx: number) {
    this.#scene = scene;
    this.#box = scene.box;
    const width = this.#box.right - this.#box.left;
    const height = this.#box.bottom - this.#box.top;
    this.scale = Math.min(PITCH_MAX_PX / scene.grid.pitch, sideMaxPx / Math.max(width, height));
    this.canvas.width = Math.max(1, Math.ceil(width * this.scale));
    this.canvas.height = Math.max(1, Math.ceil(height * this.scale));
  }

  /** Makes the next drawing paint all seats. A bitmap that is not drawn costs nothing. */
  invalidate(): void {
    this.#isPainted = false;
    this.#changed.clear();
  }

  /** Paints all seats, color by color, because changes of the color cost most. */
  #paintAll(): void {
    const context = this.#open();
    this.#isPainted = true;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const byColor = new Map<string, number[]>();
    for (let index = 0; index < this.#scene.looks.of.length; index++) {
      const color = this.#scene.getColor(index);
      const seats = byColor.get(color);
      if (seats === undefined) byColor.set(color, [index]);
      else seats.push(index);
    }
    for (const [color, seats] of byColor) {
      context.fillStyle = color;
      for (const index of seats) this.#paintSquare(context, index);
    }
  }

  /** Makes the next drawing repaint seats. */
  change(indexes: Iterable<number>): void {
    if (!this.#isPainted) return;
    for (const index of indexes) this.#changed.add(index);
  }

  #paintChanged(): void {
    if (this.#changed.size === 0) return;
    const context = this.#open();
    for (const index of this.#changed) {
      const { left, top, side } = this.#getSquare(index, 1);
      context.clearRect(left, top, side, side);
      context.fillStyle = this.#scene.getColor(index);
      this.#paintSquare(context, index);
    }
    this.#changed.clear();
  }

  draw(context: CanvasRenderingContext2D, view: Viewport, pixelRatio: number): void {
    if (this.#isPainted) this.#paintChanged();
    else this.#paintAll();
    const ratio = view.scale / this.scale;
    context.imageSmoothingQuality = ratio * pixelRatio < SMOOTH_BELOW ? 'medium' : 'low';
    context.drawImage(
      this.canvas,
      this.#box.left * view.scale + view.offsetX,
      this.#box.top * view.scale + view.offsetY,
      this.canvas.width * ratio,
      this.canvas.height * ratio,
    );
  }

  #paintSquare(context: CanvasRenderingContext2D, index: number): void {
    const { left, top, side } = this.#getSquare(index, getSquareSize(this.#scene.looks.of[index] ?? 0));
    context.fillRect(left, top, side, side);
  }

  /** Whole pixels, so that nothing of a square remains when it is cleared. */
  #getSquare(index: number, size: number) {
    const { grid } = this.#scene;
    const side = Math.max(1, Math.round(grid.pitch * this.scale * size));
    const left = Math.round(((grid.x[index] ?? 0) - this.#box.left) * this.scale - side / 2);
    const top = Math.round(((grid.y[index] ?? 0) - this.#box.top) * this.scale - side / 2);
    return { left, top, side };
  }

  #open(): CanvasRenderingContext2D {
    return openCanvas(this.canvas);
  }
}

export function openCanvas(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser has no canvas');
  return context;
}
