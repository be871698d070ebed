import type { SeatFilter, SeatMap, SeatMapOptions, ScreenPoint } from './contract.ts';
import { FREE } from './looks.ts';
import { Painter, SEATS_FROM_PX } from './painter.ts';
import { listenToKeys, listenToPointers, type KeyActions } from './input.ts';
import { publishCounts, Scene } from './scene.ts';
import { step, type StepKey } from './steps.ts';
import { readTheme } from './theme.ts';
import { Camera, toHall, toScreen } from './viewport.ts';

/** Half of the smallest size of a target of a finger. */
const REACH_PX = 22;
/** Distance between seats to which a tap on a section, or the keyboard, zooms. */
const SECTION_PITCH_PX = 14;
const SEAT_PITCH_PX = 30;
/** Distance between seats from which a finger can choose one of them. */
const FINGER_PITCH_PX = 18;
const PITCH_MAX_PX = 80;
/** More device pixels cost time and show nothing. */
const PIXEL_RATIO_MAX = 2;
const ANNOUNCE_MS = 300;
const TOGETHER_MS = 500;

/** Creates the map of a hall in an element that can be focused. */
export function createSeatMap(container: HTMLElement, options: SeatMapOptions): SeatMap {
  return new CanvasSeatMap(container, options);
}

class CanvasSeatMap implements SeatMap, KeyActions {
  readonly #container: HTMLElement;
  readonly #options: SeatMapOptions;
  readonly #canvas = document.createElement('canvas');
  readonly #scene: Scene;
  readonly #painter: Painter;
  readonly #camera: Camera;
  readonly #listeners = new AbortController();
  readonly #ends: (() => void)[];
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)');
  #pixelRatio = 1;
  #cursor: number | null = null;
  #hovered: number | null = null;
  #hasFocus = false;
  #hasJustZoomed = false;
  #frame = 0;
  #version = 0;
  #hasNewData = true;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #filtering: ReturnType<typeof setTimeout> | undefined;
  #filter: SeatFilter;
  #own: ReadonlySet<number>;

  constructor(container: HTMLElement, options: SeatMapOptions) {
    this.#container = container;
    this.#options = options;
    this.#filter = options.filter;
    this.#canvas.setAttribute('aria-hidden', 'true');
    container.append(this.#canvas);
    this.#scene = new Scene(options, readTheme(container));
    this.#camera = new Camera(this.#scene.box, PITCH_MAX_PX / this.#scene.grid.pitch);
    this.#painter = new Painter(this.#canvas, this.#scene);
    this.#painter.bitmap.paintAll();
    this.#own = this.#getOwn();
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(container);
    this.#ends = [
      options.seats.onChange((changes) =>
        this.#onSeats(
          changes.map(({ index }) => index),
          true,
        ),
      ),
      options.selection.subscribe(this.#onOwn),
      options.mine.subscribe(this.#onOwn),
      () => sizes.disconnect(),
    ];
    this.#listen();
    this.#resize();
  }

  fit(): void {
    this.#camera.fit();
    this.#redraw();
  }

  zoom(factor: number): void {
    this.#zoomAbout(factor, this.#camera.middle);
  }

  focusSeat(index: number): void {
    this.#cursor = index;
    this.#showAt(this.#scene.grid.locate(index), Math.max(this.#pitch, SEAT_PITCH_PX));
  }

  screenOf(index: number): ScreenPoint {
    return toScreen(this.#camera.view, this.#scene.grid.locate(index));
  }

  setFilter(filter: SeatFilter): void {
    this.#filter = filter;
    this.#scene.looks.setFilter(filter);
    this.#painter.bitmap.paintAll();
    this.#hasNewData = true;
    this.#redraw();
  }

  destroy(): void {
    this.#listeners.abort();
    for (const end of this.#ends) end();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#announcing);
    clearTimeout(this.#filtering);
    this.#canvas.remove();
  }

  /** Distance between seats on the screen. */
  get #pitch(): number {
    return this.#scene.grid.pitch * this.#camera.view.scale;
  }

  #listen(): void {
    const { signal } = this.#listeners;
    listenToPointers(
      this.#canvas,
      {
        pan: (x, y) => {
          this.#camera.pan(x, y);
          this.#redraw();
        },
        zoom: (factor, about) => this.#zoomAbout(factor, about),
        tap: (point, isTouch) => this.#tap(point, isTouch),
        doubleTap: (point) => this.#doubleTap(point),
        hover: (point) => this.#hover(point === null ? null : this.#findSeat(point)),
      },
      signal,
    );
    listenToKeys(this.#container, this, signal);
    this.#container.addEventListener('focus', () => this.#setFocus(true), { signal });
    this.#container.addEventListener('blur', () => this.#setFocus(false), { signal });
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', () => this.#onTheme(), { signal });
  }

  readonly #onOwn = (): void => {
    const before = this.#own;
    this.#own = this.#getOwn();
    this.#onSeats(new Set([...before, ...this.#own]), false);
  };

  #getOwn(): ReadonlySet<number> {
    return new Set([...this.#options.selection.get(), ...this.#options.mine.get()]);
  }

  #onSeats(indexes: Iterable<number>, isAnimated: boolean): void {
    const changed = [...indexes].filter((index) => this.#scene.looks.refresh(index));
    this.#painter.bitmap.paint(changed);
    // The first message has the whole map.
    if (isAnimated && this.#version > 0 && !this.#stillness.matches)
      for (const index of changed) this.#painter.pulse(index, performance.now());
    if (this.#scene.looks.dependsOnNeighbors)
      this.#filtering ??= setTimeout(() => {
        this.#filtering = undefined;
        this.setFilter(this.#filter);
      }, TOGETHER_MS);
    this.#hasNewData = true;
    this.#redraw();
  }

  #onTheme(): void {
    this.#scene.theme = readTheme(this.#container);
    this.#painter.bitmap.paintAll();
    this.#redraw();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#container;
    if (width === 0 || height === 0) return;
    this.#pixelRatio = Math.min(devicePixelRatio, PIXEL_RATIO_MAX);
    this.#canvas.width = Math.round(width * this.#pixelRatio);
    this.#canvas.height = Math.round(height * this.#pixelRatio);
    this.#camera.resize({ width, height });
    // A canvas that changes its size is empty until it is drawn, so do not wait for the next frame.
    this.#draw();
  }

  #zoomAbout(factor: number, about: ScreenPoint): void {
    this.#camera.zoom(factor, about);
    this.#redraw();
  }

  /** Shows a point of the hall in the center, with a distance between seats in pixels. */
  #showAt(point: ScreenPoint, pitch: number): void {
    this.#camera.show(point, pitch / this.#scene.grid.pitch);
    this.#redraw();
  }

  #findSeat(point: ScreenPoint): number | null {
    if (this.#pitch < SEATS_FROM_PX) return null;
    const { x, y } = toHall(this.#camera.view, point);
    const { grid } = this.#scene;
    return grid.findNearest(x, y, Math.max(grid.pitch / 2, REACH_PX / this.#camera.view.scale));
  }

  #tap(point: ScreenPoint, isTouch: boolean): void {
    this.#hasJustZoomed = false;
    const there = this.#painter.findInMinimap(this.#camera.view, this.#camera.screen, point);
    if (there !== null) return this.#showAt(there, this.#pitch);
    const isFar = this.#pitch < SEATS_FROM_PX;
    const { x, y } = toHall(this.#camera.view, point);
    if (isFar) {
      // The section of the nearest seat, because outlines of nested sections overlap.
      if (this.#scene.grid.findNearest(x, y, REACH_PX / this.#camera.view.scale) === null) return;
      this.#hasJustZoomed = true;
      return this.#showAt({ x, y }, isTouch ? FINGER_PITCH_PX : SECTION_PITCH_PX);
    }
    const seat = this.#findSeat(point);
    if (seat === null) return;
    this.#cursor = seat;
    if (isTouch) this.#hover(seat);
    if (!isTouch || this.#pitch >= FINGER_PITCH_PX) return this.#options.onToggleSeat(seat);
    this.#hasJustZoomed = true;
    this.#showAt(this.#scene.grid.locate(seat), SEAT_PITCH_PX);
  }

  /** Zooms in beside seats. On seats, it is two clicks, and the second one of a tap that has zoomed does nothing. */
  #doubleTap(point: ScreenPoint): void {
    if (this.#hasJustZoomed) return;
    if (this.#findSeat(point) !== null) this.#tap(point, false);
    else this.#zoomAbout(2, point);
  }

  #hover(seat: number | null): void {
    if (seat === this.#hovered) return;
    this.#hovered = seat;
    this.#canvas.style.cursor = seat !== null && this.#scene.looks.of[seat] === FREE ? 'pointer' : '';
    this.#options.onHoverSeat(seat);
    this.#redraw();
  }

  #setFocus(hasFocus: boolean): void {
    this.#hasFocus = hasFocus && this.#container.matches(':focus-visible');
    if (!hasFocus) this.#options.onHoverSeat(this.#hovered);
    this.#redraw();
  }

  choose(): void {
    if (this.#cursor !== null) this.#options.onToggleSeat(this.#cursor);
  }

  step(key: StepKey): void {
    this.#hasFocus = true;
    const { layout } = this.#options;
    const { grid } = this.#scene;
    if (this.#cursor === null) {
      const { x, y } = toHall(this.#camera.view, this.#camera.middle);
      this.#cursor = grid.findNearest(x, y, Infinity) ?? 0;
    } else this.#cursor = step({ layout, grid }, this.#cursor, key);
    const { x, y } = this.screenOf(this.#cursor);
    const isNear =
      Math.min(x, y, this.#camera.screen.width - x, this.#camera.screen.height - y) < 2 * REACH_PX;
    if (isNear || this.#pitch < SECTION_PITCH_PX)
      this.#showAt(this.#scene.grid.locate(this.#cursor), Math.max(this.#pitch, SEAT_PITCH_PX));
    this.#redraw();
    this.#options.onHoverSeat(this.#cursor);
    clearTimeout(this.#announcing);
    const seat = this.#cursor;
    this.#announcing = setTimeout(
      () => this.#options.announce(this.#options.texts.describeSeat(seat)),
      ANNOUNCE_MS,
    );
  }

  #redraw(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#camera.screen.width === 0) return;
    const isMoving = this.#painter.draw(
      {
        view: this.#camera.view,
        screen: this.#camera.screen,
        cursor: this.#hasFocus ? this.#cursor : null,
        hovered: this.#hovered,
        nowMs: performance.now(),
      },
      this.#pixelRatio,
    );
    if (this.#hasNewData) this.#publish();
    if (isMoving) this.#redraw();
  }

  #publish(): void {
    this.#hasNewData = false;
    this.#version++;
    publishCounts(this.#container, this.#options, this.#version);
  }
}
