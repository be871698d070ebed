import type { ScreenPoint } from './contract.ts';
import { drawAreas, SectionLabels } from './draw-hall.ts';
import { drawShapes, drawSquares } from './draw-seats.ts';
import { HallBitmap, openCanvas } from './hall-bitmap.ts';
import type { Scene } from './scene.ts';
import { getVisibleBox, toHall, type Size, type Viewport } from './viewport.ts';

/** Distances between seats in pixels at which the way of drawing changes. */
const SQUARES_FROM_PX = 5;
export const SEATS_FROM_PX = 8;
const SHAPES_FROM_PX = 11;

const PULSE_MS = 600;
/** Pulses at a time. More would be noise. */
const PULSES_MAX = 200;
const MINIMAP_PX = 140;
const MINIMAP_MARGIN_PX = 12;

interface Frame {
  readonly view: Viewport;
  readonly screen: Size;
  /** Seat with the keyboard cursor, if the map has the focus. */
  readonly cursor: number | null;
  readonly hovered: number | null;
  readonly nowMs: number;
}

/** Draws frames. Far away it scales the bitmap of the hall, and closer it draws the visible seats. */
export class Painter {
  readonly bitmap: HallBitmap;
  readonly #context: CanvasRenderingContext2D;
  readonly #scene: Scene;
  readonly #labels: SectionLabels;
  /** Seats that have just changed, with the time of the change. */
  readonly #pulses = new Map<number, number>();

  constructor(canvas: HTMLCanvasElement, scene: Scene) {
    this.#context = openCanvas(canvas);
    this.#scene = scene;
    this.bitmap = new HallBitmap(scene);
    this.#labels = new SectionLabels(scene);
  }

  pulse(index: number, nowMs: number): void {
    if (this.#pulses.size < PULSES_MAX) this.#pulses.set(index, nowMs);
  }

  /** Returns whether an animation needs another frame. */
  draw(frame: Frame, pixelRatio: number): boolean {
    const { view, screen } = frame;
    const context = this.#context;
    const { theme, grid } = this.#scene;
    const pitch = grid.pitch * view.scale;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.fillStyle = theme.card;
    context.fillRect(0, 0, screen.width, screen.height);
    drawAreas(context, this.#scene, view);
    if (pitch < SQUARES_FROM_PX) this.bitmap.draw(context, view);
    else {
      const visible: number[] = [];
      grid.forEachIn(getVisibleBox(view, screen, grid.pitch), (index) => visible.push(index));
      if (pitch < SHAPES_FROM_PX) drawSquares(context, this.#scene, view, visible);
      else drawShapes(context, this.#scene, view, visible);
    }
    if (pitch < SEATS_FROM_PX) this.#labels.draw(context, view, screen);
    const isMoving = this.#drawPulses(frame, pitch);
    if (frame.hovered !== null) this.#drawRing(frame, frame.hovered, theme.text, 2);
    if (frame.cursor !== null) {
      this.#drawRing(frame, frame.cursor, theme.card, 7);
      this.#drawRing(frame, frame.cursor, theme.focus, 3);
    }
    this.#drawMinimap(frame);
    return isMoving;
  }

  /** Returns the point of the hall that the minimap shows at a point of the screen, or null beside it. */
  findInMinimap(view: Viewport, screen: Size, point: ScreenPoint): ScreenPoint | null {
    const minimap = this.#getMinimap(view, screen);
    if (minimap === null) return null;
    const isInside =
      point.x >= minimap.left &&
      point.y >= minimap.top &&
      point.x <= minimap.right &&
      point.y <= minimap.bottom;
    return isInside ? toHall(minimap.view, point) : null;
  }

  #drawPulses({ view, nowMs }: Frame, pitch: number): boolean {
    const { grid, theme } = this.#scene;
    const context = this.#context;
    for (const [index, since] of this.#pulses) {
      const progress = (nowMs - since) / PULSE_MS;
      if (progress >= 1 || pitch < SQUARES_FROM_PX) {
        this.#pulses.delete(index);
        continue;
      }
      context.globalAlpha = Math.min(1, 1 - progress);
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      context.beginPath();
      const x = (grid.x[index] ?? 0) * view.scale + view.offsetX;
      const y = (grid.y[index] ?? 0) * view.scale + view.offsetY;
      context.arc(x, y, pitch * (0.45 + 0.25 * Math.max(0, progress)), 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
    return this.#pulses.size > 0;
  }

  #drawRing({ view }: Frame, index: number, color: string, width: number): void {
    const { grid } = this.#scene;
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    const x = (grid.x[index] ?? 0) * view.scale + view.offsetX;
    const y = (grid.y[index] ?? 0) * view.scale + view.offsetY;
    context.arc(x, y, Math.max(6, grid.pitch * view.scale * 0.55), 0, 2 * Math.PI);
    context.stroke();
  }

  #drawMinimap({ view, screen }: Frame): void {
    const minimap = this.#getMinimap(view, screen);
    if (minimap === null) return;
    const context = this.#context;
    const { theme } = this.#scene;
    const { left, top, right, bottom } = minimap;
    context.save();
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, 6);
    context.fillStyle = theme.background;
    context.fill();
    context.strokeStyle = theme.control;
    context.lineWidth = 1;
    context.stroke();
    context.clip();
    this.bitmap.draw(context, minimap.view);
    const seen = getVisibleBox(view, screen, 0);
    const { scale, offsetX, offsetY } = minimap.view;
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    context.strokeRect(
      seen.left * scale + offsetX,
      seen.top * scale + offsetY,
      (seen.right - seen.left) * scale,
      (seen.bottom - seen.top) * scale,
    );
    context.restore();
  }

  #getMinimap(view: Viewport, screen: Size) {
    const { box } = this.#scene;
    const width = box.right - box.left;
    const height = box.bottom - box.top;
    const isWhole = width * view.scale <= screen.width * 1.05 && height * view.scale <= screen.height * 1.05;
    if (isWhole || screen.width < 2 * MINIMAP_PX) return null;
    const scale = MINIMAP_PX / Math.max(width, height);
    const left = MINIMAP_MARGIN_PX;
    const top = screen.height - MINIMAP_MARGIN_PX - height * scale;
    return {
      left,
      top,
      right: left + width * scale,
      bottom: top + height * scale,
      view: { scale, offsetX: left - box.left * scale, offsetY: top - box.top * scale },
    };
  }
}
