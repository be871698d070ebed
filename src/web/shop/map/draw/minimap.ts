import type { LayoutPoint, ScreenPoint } from '../contract.ts';
import type { Scene } from '../scene.ts';
import { getVisibleBox, toHall, type Box, type Size, type Viewport } from '../viewport.ts';
import { drawAreas } from './draw-areas.ts';
import { openCanvas, type HallBitmap } from './hall-bitmap.ts';
import type { Sections } from './sections.ts';

const SIDE_PX = 140;
const SIDE_NARROW_PX = 96;
const NARROW_PX = 500;
const MARGIN_PX = 12;
const PADDING_PX = 6;
const PIXEL_RATIO = 2;
/** Scaling the picture of a large hall costs milliseconds, and changes of single seats hardly show. */
const REPAINT_MS = 1_000;

interface Place {
  readonly box: Box;
  readonly view: Viewport;
}

/** The whole hall in a corner, with the part in view. It appears when the hall is larger than the screen. */
export class Minimap {
  readonly #scene: Scene;
  readonly #picture = document.createElement('canvas');
  #paintedMs = -Infinity;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Makes the next frame paint the picture again. */
  invalidate(): void {
    this.#paintedMs = -Infinity;
  }

  draw(
    context: CanvasRenderingContext2D,
    { view, screen, nowMs }: { view: Viewport; screen: Size; nowMs: number },
    { bitmap, sections }: { bitmap: HallBitmap; sections: Sections },
  ): void {
    const place = this.#place(view, screen);
    if (place === null) return;
    const { theme } = this.#scene;
    const { left, top, right, bottom } = place.box;
    if (nowMs - this.#paintedMs > REPAINT_MS) {
      this.#paintedMs = nowMs;
      this.#paint(place, bitmap, sections);
    }
    context.save();
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, 8);
    context.fillStyle = theme.card;
    context.fill();
    context.strokeStyle = theme.control;
    context.lineWidth = 1;
    context.stroke();
    context.clip();
    context.drawImage(this.#picture, left, top, right - left, bottom - top);
    const seen = getVisibleBox(view, screen, 0);
    const { scale, offsetX, offsetY } = place.view;
    const [seenLeft, seenTop] = [seen.left * scale + offsetX, seen.top * scale + offsetY];
    context.fillStyle = context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    context.beginPath();
    context.rect(
      seenLeft,
      seenTop,
      Math.max(5, (seen.right - seen.left) * scale),
      Math.max(5, (seen.bottom - seen.top) * scale),
    );
    context.stroke();
    context.globalAlpha = 0.18;
    context.fill();
    context.restore();
  }

  /** Returns the point of the hall that the minimap shows at a point of the screen, or null beside it. */
  find(view: Viewport, screen: Size, point: ScreenPoint): LayoutPoint | null {
    const place = this.#place(view, screen);
    if (place === null) return null;
    const { left, top, right, bottom } = place.box;
    const isInside = point.x >= left && point.y >= top && point.x <= right && point.y <= bottom;
    return isInside ? toHall(place.view, point) : null;
  }

  #paint({ box, view }: Place, bitmap: HallBitmap, sections: Sections): void {
    this.#picture.width = (box.right - box.left) * PIXEL_RATIO;
    this.#picture.height = (box.bottom - box.top) * PIXEL_RATIO;
    const context = openCanvas(this.#picture);
    context.scale(PIXEL_RATIO, PIXEL_RATIO);
    const inside = { ...view, offsetX: view.offsetX - box.left, offsetY: view.offsetY - box.top };
    drawAreas(context, this.#scene, inside, false);
    sections.drawTints(context, inside);
    bitmap.draw(context, inside, PIXEL_RATIO);
  }

  #place(view: Viewport, screen: Size): Place | null {
    const { box } = this.#scene;
    const width = box.right - box.left;
    const height = box.bottom - box.top;
    const isWhole = width * view.scale <= screen.width * 1.05 && height * view.scale <= screen.height * 1.05;
    const side = screen.width < NARROW_PX ? SIDE_NARROW_PX : SIDE_PX;
    if (isWhole || screen.width < 2 * side || screen.height < 2 * side) return null;
    const scale = side / Math.max(width, height);
    const left = MARGIN_PX;
    const top = MARGIN_PX;
    return {
      box: {
        left,
        top,
        right: left + width * scale + 2 * PADDING_PX,
        bottom: top + height * scale + 2 * PADDING_PX,
      },
      view: {
        scale,
        offsetX: left + PADDING_PX - box.left * scale,
        offsetY: top + PADDING_PX - box.top * scale,
      },
    };
  }
}
