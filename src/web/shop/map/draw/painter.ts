import { drawAreas } from './draw-areas.ts';
import { drawShapes, drawSquares } from './draw-seats.ts';
import { drawSign } from './draw-sign.ts';
import { HallBitmap, openCanvas } from './hall-bitmap.ts';
import { MINE, SELECTED } from '../looks.ts';
import { Layer } from './layer.ts';
import { Minimap } from './minimap.ts';
import { RowLabels } from './row-labels.ts';
import type { Scene } from '../scene.ts';
import { Sections } from './sections.ts';
import { getVisibleBox, type Size, type Viewport } from '../viewport.ts';

/** Distances between seats in pixels at which the way of drawing changes. */
const SQUARES_FROM_PX = 5;
export const SEATS_FROM_PX = 8;
const SHAPES_FROM_PX = 9;

/** Longest sides of the bitmaps. In the large one, 80,000 seats are about 5 pixels apart, and it takes 25 MB. */
const SMALL_SIDE_PX = 1_350;
const LARGE_SIDE_PX = 2_700;

const PULSE_MS = 600;
/** Pulses at a time. More would be noise. */
const PULSES_MAX = 200;

export interface Frame {
  readonly view: Viewport;
  readonly screen: Size;
  /** Seat with the keyboard cursor, if the map has the focus. */
  readonly cursor: number | null;
  readonly hovered: number | null;
  readonly hoveredSection: number | null;
  /** Seats that are selected or the buyer's own. */
  readonly own: ReadonlySet<number>;
  /** False in the first picture, so that the seats do not wait for the outlines of the sections. */
  readonly hasSections: boolean;
  /** True if outlines and labels may be those of an earlier frame, moved with the hall, and squares those of the bitmap. */
  readonly isSketch: boolean;
  readonly nowMs: number;
}

/** Draws frames. Far away it scales the bitmap of the hall, and closer it draws the visible seats. */
export class Painter {
  /** The small one is drawn faster, and is enough for the whole hall on most screens. */
  readonly #small: HallBitmap;
  readonly #large: HallBitmap;
  readonly minimap: Minimap;
  readonly #context: CanvasRenderingContext2D;
  readonly #scene: Scene;
  readonly #sections: Sections;
  readonly #outlines: Layer;
  #rowLabels: RowLabels | undefined;
  /** Seats that have just changed, with the time of the change. */
  readonly #pulses = new Map<number, number>();

  constructor(canvas: HTMLCanvasElement, scene: Scene) {
    this.#context = openCanvas(canvas);
    this.#scene = scene;
    this.#small = new HallBitmap(scene, SMALL_SIDE_PX);
    this.#large = new HallBitmap(scene, LARGE_SIDE_PX);
    this.minimap = new Minimap(scene);
    this.#sections = new Sections(scene);
    this.#outlines = new Layer(scene.box);
  }

  /** Makes the next frames show all seats as they look now. */
  invalidate(): void {
    this.#small.invalidate();
    this.#large.invalidate();
    this.minimap.invalidate();
  }

  /** Makes the next frames show seats as they look now. */
  change(indexes: readonly number[]): void {
    this.#small.change(indexes);
    this.#large.change(indexes);
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
    drawAreas(context, this.#scene, view, true);
    const hasSections = pitch < SEATS_FROM_PX && frame.hasSections;
    if (hasSections) this.#sections.drawTints(context, view);
    if (pitch < (frame.isSketch ? SHAPES_FROM_PX : SQUARES_FROM_PX))
      this.#chooseBitmap(view, pixelRatio).draw(context, view, pixelRatio);
    else this.#drawVisible(view, screen, pitch);
    if (hasSections) this.#drawOutlines(frame);
    if (pitch < SEATS_FROM_PX) this.#drawPins(frame);
    else this.#sections.drawNames(context, view, screen);
    const isMoving = this.#drawPulses(frame, pitch);
    if (frame.hovered !== null) this.#drawRing(frame, frame.hovered, theme.text, 2);
    if (frame.cursor !== null) {
      this.#drawRing(frame, frame.cursor, theme.card, 7);
      this.#drawRing(frame, frame.cursor, theme.focus, 3);
    }
    this.minimap.draw(context, frame, { bitmap: this.#small, sections: this.#sections });
    return isMoving;
  }

  /** While a slow machine moves the view, the labels of sections keep the counts that they had. */
  #drawOutlines({ view, screen, hoveredSection, isSketch }: Frame): void {
    if (isSketch) {
      this.#outlines.draw(this.#context, view, screen, (...layer) =>
        this.#sections.drawOutlines(...layer, null),
      );
      return;
    }
    this.#outlines.invalidate();
    this.#sections.drawOutlines(this.#context, view, screen, hoveredSection);
  }

  #chooseBitmap(view: Viewport, pixelRatio: number): HallBitmap {
    return view.scale * pixelRatio > this.#small.scale ? this.#large : this.#small;
  }

  #drawVisible(view: Viewport, screen: Size, pitch: number): void {
    const { grid } = this.#scene;
    const visible: number[] = [];
    grid.forEachIn(getVisibleBox(view, screen, grid.pitch), (index) => visible.push(index));
    if (pitch < SHAPES_FROM_PX) return drawSquares(this.#context, this.#scene, view, visible);
    drawShapes(this.#context, this.#scene, view, visible);
    this.#rowLabels ??= new RowLabels(this.#scene);
    this.#rowLabels.draw(this.#context, view, visible);
  }

  /** Marks own seats that are too small to be seen. */
  #drawPins({ view, own }: Frame): void {
    const { theme, looks } = this.#scene;
    const context = this.#context;
    for (const index of own) {
      const look = looks.of[index];
      if (look !== SELECTED && look !== MINE) continue;
      const { x, y } = this.#locate(view, index);
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      context.fillStyle = this.#scene.getColor(index);
      context.fill();
      context.strokeStyle = theme.card;
      context.lineWidth = 2;
      context.stroke();
      context.fillStyle = theme.onAccent;
      drawSign(context, look, { x, y, pxPerUnit: 1 });
    }
  }

  #drawPulses({ view, nowMs }: Frame, pitch: number): boolean {
    const context = this.#context;
    context.strokeStyle = this.#scene.theme.text;
    context.lineWidth = 1.5;
    for (const [index, since] of this.#pulses) {
      const progress = (nowMs - since) / PULSE_MS;
      if (progress >= 1 || pitch < SQUARES_FROM_PX) {
        this.#pulses.delete(index);
        continue;
      }
      context.globalAlpha = Math.min(1, 1 - progress);
      context.beginPath();
      const { x, y } = this.#locate(view, index);
      context.arc(x, y, pitch * (0.45 + 0.25 * Math.max(0, progress)), 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
    return this.#pulses.size > 0;
  }

  #drawRing({ view }: Frame, index: number, color: string, width: number): void {
    const context = this.#context;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    const { x, y } = this.#locate(view, index);
    context.arc(x, y, Math.max(6, this.#scene.grid.pitch * view.scale * 0.55), 0, 2 * Math.PI);
    context.stroke();
  }

  #locate(view: Viewport, index: number): { x: number; y: number } {
    const { x, y } = this.#scene.grid.locate(index);
    return { x: x * view.scale + view.offsetX, y: y * view.scale + view.offsetY };
  }
}
