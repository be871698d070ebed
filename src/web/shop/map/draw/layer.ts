import type { Box, Size, Viewport } from '../viewport.ts';
import { openCanvas } from './hall-bitmap.ts';

type Context = CanvasRenderingContext2D;
type Paint = (context: Context, view: Viewport, screen: Size) => void;

/** Room beside the screen, as a part of its size, so that a layer still covers it after a movement. */
const MARGIN = 0.5;
/** Range in which a layer may be scaled. Texts would be too small or blurred beyond it. */
const SCALE_MIN = 0.7;
const SCALE_MAX = 1.4;

/** A part of the picture that is painted once and then moves with the hall. */
export class Layer {
  readonly #canvas = document.createElement('canvas');
  /** The hall, beside which there is nothing to paint. */
  readonly #box: Box;
  /** The view of the layer's pixels; null if it must be painted. */
  #painted: Viewport | null = null;

  constructor(box: Box) {
    this.#box = box;
  }

  /** Makes the next drawing paint the layer again. */
  invalidate(): void {
    this.#painted = null;
  }

  /** Draws the layer, and paints it before if it does not cover the screen. */
  draw(context: Context, view: Viewport, screen: Size, paint: Paint): void {
    const place = this.#place(view, screen) ?? this.#paint(view, screen, paint);
    context.drawImage(
      this.#canvas,
      place.left,
      place.top,
      place.right - place.left,
      place.bottom - place.top,
    );
  }

  #paint(view: Viewport, screen: Size, paint: Paint): Box {
    const [marginX, marginY] = [screen.width * MARGIN, screen.height * MARGIN];
    const inside = { ...view, offsetX: view.offsetX + marginX, offsetY: view.offsetY + marginY };
    const size = { width: screen.width + 2 * marginX, height: screen.height + 2 * marginY };
    // Also clears it.
    this.#canvas.width = size.width;
    this.#canvas.height = size.height;
    this.#painted = inside;
    paint(openCanvas(this.#canvas), inside, size);
    return { left: -marginX, top: -marginY, right: screen.width + marginX, bottom: screen.height + marginY };
  }

  /** Returns where the layer is in a view, or null if it is missing there or would be scaled too much. */
  #place(view: Viewport, screen: Size): Box | null {
    if (this.#painted === null) return null;
    const { scale, offsetX, offsetY } = this.#painted;
    const ratio = view.scale / scale;
    if (ratio < SCALE_MIN || ratio > SCALE_MAX) return null;
    const left = view.offsetX - offsetX * ratio;
    const top = view.offsetY - offsetY * ratio;
    const place = {
      left,
      top,
      right: left + this.#canvas.width * ratio,
      bottom: top + this.#canvas.height * ratio,
    };
    const isCovered = (
      from: number,
      to: number,
      start: number,
      end: number,
      length: number,
      offset: number,
    ) =>
      from <= Math.max(0, start * view.scale + offset) && to >= Math.min(length, end * view.scale + offset);
    const { left: hallLeft, right: hallRight, top: hallTop, bottom: hallBottom } = this.#box;
    const covers =
      isCovered(place.left, place.right, hallLeft, hallRight, screen.width, view.offsetX) &&
      isCovered(place.top, place.bottom, hallTop, hallBottom, screen.height, view.offsetY);
    return covers ? place : null;
  }
}
