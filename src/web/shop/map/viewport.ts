import type { LayoutPoint, ScreenPoint } from './contract.ts';

/** Part of the hall in view: a point of the hall is drawn at `point * scale + offset`, in CSS pixels. */
export interface Viewport {
  readonly scale: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Range of the scale. */
export interface ScaleRange {
  readonly min: number;
  readonly max: number;
}

const MARGIN_PX = 12;

/** Returns the view that shows a box as large as possible, and in the center. */
export function fit(box: Box, screen: Size, scaleMax = Infinity): Viewport {
  const width = Math.max(box.right - box.left, 1);
  const height = Math.max(box.bottom - box.top, 1);
  const scale = Math.min(
    scaleMax,
    Math.max(screen.width - 2 * MARGIN_PX, 1) / width,
    Math.max(screen.height - 2 * MARGIN_PX, 1) / height,
  );
  return centerOn({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, scale, screen);
}

function centerOn(point: LayoutPoint, scale: number, screen: Size): Viewport {
  return {
    scale,
    offsetX: screen.width / 2 - point.x * scale,
    offsetY: screen.height / 2 - point.y * scale,
  };
}

/** Zooms about a point of the screen, which keeps showing the same point of the hall. */
export function zoomAbout(view: Viewport, factor: number, about: ScreenPoint, range: ScaleRange): Viewport {
  const scale = Math.min(range.max, Math.max(range.min, view.scale * factor));
  const ratio = scale / view.scale;
  return {
    scale,
    offsetX: about.x - (about.x - view.offsetX) * ratio,
    offsetY: about.y - (about.y - view.offsetY) * ratio,
  };
}

function pan(view: Viewport, x: number, y: number): Viewport {
  return { ...view, offsetX: view.offsetX + x, offsetY: view.offsetY + y };
}

/** Moves the view so that the center of the screen shows a point of the box, and a box that fits stays in the center. */
function clamp(view: Viewport, box: Box, screen: Size): Viewport {
  const along = (offset: number, from: number, to: number, length: number) => {
    const size = (to - from) * view.scale;
    if (size <= length) return (length - size) / 2 - from * view.scale;
    return Math.min(length / 2 - from * view.scale, Math.max(length / 2 - to * view.scale, offset));
  };
  return {
    scale: view.scale,
    offsetX: along(view.offsetX, box.left, box.right, screen.width),
    offsetY: along(view.offsetY, box.top, box.bottom, screen.height),
  };
}

export function toScreen(view: Viewport, point: LayoutPoint): ScreenPoint {
  return { x: point.x * view.scale + view.offsetX, y: point.y * view.scale + view.offsetY };
}

export function toHall(view: Viewport, point: ScreenPoint): LayoutPoint {
  return { x: (point.x - view.offsetX) / view.scale, y: (point.y - view.offsetY) / view.scale };
}

/** Returns the part of the hall that the screen shows, with a margin in units of the hall. */
export function getVisibleBox(view: Viewport, screen: Size, margin: number): Box {
  const from = toHall(view, { x: 0, y: 0 });
  const to = toHall(view, { x: screen.width, y: screen.height });
  return { left: from.x - margin, top: from.y - margin, right: to.x + margin, bottom: to.y + margin };
}

const GLIDE_MS = 320;

/** An animation from one view to another. */
interface Glide {
  readonly from: Viewport;
  readonly to: Viewport;
  readonly startMs: number;
}

/** Zooms evenly, about the point of the screen that both views share, so that the hall seems to come closer. */
function interpolate({ from, to }: Glide, progress: number): Viewport {
  const eased = 1 - (1 - progress) ** 3;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  const isZoom = Math.abs(to.scale / from.scale - 1) > 0.01;
  const part = isZoom ? (scale - from.scale) / (to.scale - from.scale) : eased;
  return {
    scale,
    offsetX: from.offsetX + (to.offsetX - from.offsetX) * part,
    offsetY: from.offsetY + (to.offsetY - from.offsetY) * part,
  };
}

/** The view of a screen on a hall, which stays within the hall. */
export class Camera {
  view: Viewport = { scale: 1, offsetX: 0, offsetY: 0 };
  screen: Size = { width: 0, height: 0 };
  /** True until the buyer moves the view. The hall then fits again when the size of the screen changes. */
  #isFitted = true;
  readonly #box: Box;
  readonly #scaleMax: number;
  #glide: Glide | null = null;

  constructor(box: Box, scaleMax: number) {
    this.#box = box;
    this.#scaleMax = scaleMax;
  }

  get middle(): ScreenPoint {
    return { x: this.screen.width / 2, y: this.screen.height / 2 };
  }

  /** The view at the end of an animation. */
  get target(): Viewport {
    return this.#glide?.to ?? this.view;
  }

  /** Animates what `change` does to the view. */
  glide(startMs: number, change: () => void): void {
    const from = this.view;
    this.view = this.target;
    change();
    this.#glide = { from, to: this.view, startMs };
    this.view = from;
  }

  /** Moves the view on in its animation. Returns whether it goes on. */
  advance(nowMs: number): boolean {
    if (this.#glide === null) return false;
    const progress = (nowMs - this.#glide.startMs) / GLIDE_MS;
    this.view = progress < 1 ? interpolate(this.#glide, Math.max(0, progress)) : this.#glide.to;
    if (progress >= 1) this.#glide = null;
    return this.#glide !== null;
  }

  fit(): void {
    this.#isFitted = true;
    this.#glide = null;
    this.view = fit(this.#box, this.screen, this.#scaleMax);
  }

  resize(screen: Size): void {
    const point = toHall(this.target, this.middle);
    this.view = this.target;
    this.screen = screen;
    if (this.#isFitted) this.fit();
    else this.show(point, this.view.scale);
  }

  pan(x: number, y: number): void {
    this.#move(pan(this.view, x, y));
  }

  zoom(factor: number, about: ScreenPoint): void {
    const min = fit(this.#box, this.screen, this.#scaleMax).scale;
    this.#move(zoomAbout(this.view, factor, about, { min, max: this.#scaleMax }));
  }

  /** Shows a point of the hall in the center. */
  show(point: LayoutPoint, scale: number): void {
    this.#move(centerOn(point, Math.min(scale, this.#scaleMax), this.screen));
  }

  /** Shows a box as large as it fits, but within a range of the scale; if it is larger, the surroundings of a point. */
  showBox(box: Box, point: LayoutPoint, { min, max }: ScaleRange): void {
    const whole = fit(box, this.screen);
    const isWhole = whole.scale >= min;
    const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    this.show(isWhole ? middle : point, Math.min(max, Math.max(min, whole.scale)));
  }

  #move(view: Viewport): void {
    this.#isFitted = false;
    this.#glide = null;
    this.view = clamp(view, this.#box, this.screen);
  }
}
