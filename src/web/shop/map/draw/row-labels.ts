import type { LayoutPoint } from '../contract.ts';
import type { Scene } from '../scene.ts';
import type { Viewport } from '../viewport.ts';

interface RowLabel extends LayoutPoint {
  readonly text: string;
}

/** Longer names of rows would cover their neighbors. */
const LENGTH_MAX = 5;

/** The names of rows beside their first and last seats. */
export class RowLabels {
  readonly #scene: Scene;
  /** By the seat that they stand beside. */
  readonly #labels = new Map<number, RowLabel>();

  constructor(scene: Scene) {
    this.#scene = scene;
    const { row, section } = scene.options.layout;
    let first = 0;
    for (let index = 1; index <= row.length; index++) {
      if (index < row.length && row[index] === row[first] && section[index] === section[first]) continue;
      this.#add(first, first + 1 < index ? first + 1 : null);
      if (first + 1 < index) this.#add(index - 1, index - 2);
      first = index;
    }
  }

  draw(context: CanvasRenderingContext2D, view: Viewport, visible: readonly number[]): void {
    const { theme, grid } = this.#scene;
    context.font = `600 ${Math.max(9, Math.min(14, grid.pitch * view.scale * 0.42))}px ${theme.font}`;
    context.fillStyle = theme.soft;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const index of visible) {
      const label = this.#labels.get(index);
      if (label === undefined) continue;
      context.fillText(label.text, label.x * view.scale + view.offsetX, label.y * view.scale + view.offsetY);
    }
  }

  /** Puts the label of a seat's row on the other side than the next seat. */
  #add(seat: number, next: number | null): void {
    const { grid, options } = this.#scene;
    const text = options.layout.row[seat] ?? '';
    if (text === '' || text.length > LENGTH_MAX) return;
    const { x, y } = grid.locate(seat);
    const other = next === null ? { x: x + 1, y } : grid.locate(next);
    const distance = Math.hypot(x - other.x, y - other.y) || 1;
    this.#labels.set(seat, {
      text,
      x: x + ((x - other.x) / distance) * grid.pitch,
      y: y + ((y - other.y) / distance) * grid.pitch,
    });
  }
}
