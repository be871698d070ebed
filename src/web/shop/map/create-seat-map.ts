import type { SeatFilter, SeatMap, SeatMapOptions, ScreenPoint } from './contract.ts';
import { listenToKeys, listenToPointers, type KeyActions, type PointerActions } from './input.ts';
import { FREE } from './looks.ts';
import { SEATS_FROM_PX } from './draw/painter.ts';
import { Stage } from './stage.ts';
import { step, type StepKey } from './steps.ts';
import { toHall, toScreen } from './viewport.ts';

/** Half of the smallest size of a target of a finger. */
const REACH_PX = 22;
/** Distances between seats to which a click on a section, or the keyboard, zooms. */
const SECTION_PITCH_PX = 16;
const SEAT_PITCH_PX = 30;
/** Distance between seats from which a finger can choose one of them. */
const FINGER_PITCH_PX = 18;
/** Height that the description of a touched seat covers at the lower edge. */
const SHEET_PX = 130;
const ANNOUNCE_MS = 300;
const TOGETHER_MS = 500;

/** Creates the map of a hall in an element that can be focused. */
export function createSeatMap(container: HTMLElement, options: SeatMapOptions): SeatMap {
  return new CanvasSeatMap(container, options);
}

class CanvasSeatMap implements SeatMap, KeyActions, PointerActions {
  readonly #container: HTMLElement;
  readonly #options: SeatMapOptions;
  readonly #stage: Stage;
  readonly #listeners = new AbortController();
  readonly #ends: (() => void)[];
  #hasJustZoomed = false;
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #filtering: ReturnType<typeof setTimeout> | undefined;
  #filter: SeatFilter;

  constructor(container: HTMLElement, options: SeatMapOptions) {
    this.#container = container;
    this.#options = options;
    this.#filter = options.filter;
    this.#stage = new Stage(container, options);
    this.#stage.own = this.#getOwn();
    this.#ends = [
      options.seats.onChange((changes) => {
        this.#stage.change(changes);
        this.#filterSoon();
      }),
      options.selection.subscribe(this.#onOwn),
      options.mine.subscribe(this.#onOwn),
    ];
    const { signal } = this.#listeners;
    listenToPointers(this.#stage.canvas, this, signal);
    listenToKeys(container, this, signal);
    container.addEventListener('focus', () => this.#setFocus(true), { signal });
    container.addEventListener('blur', () => this.#setFocus(false), { signal });
    this.#stage.start();
  }

  fit(): void {
    this.#stage.glide(() => this.#stage.camera.fit());
  }

  zoom(factor: number, about?: ScreenPoint): void {
    const { camera } = this.#stage;
    if (about === undefined) this.#stage.glide(() => camera.zoom(factor, camera.middle));
    else this.#stage.move(() => camera.zoom(factor, about));
  }

  focusSeat(index: number): void {
    this.#stage.cursor = index;
    this.#stage.move(() => this.#showSeat(index));
  }

  screenOf(index: number): ScreenPoint {
    return toScreen(this.#stage.camera.target, this.#stage.scene.grid.locate(index));
  }

  setFilter(filter: SeatFilter): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.#applyFilter();
  }

  #applyFilter(): void {
    this.#stage.scene.looks.setFilter(this.#filter);
    this.#stage.repaint();
  }

  repaint(): void {
    this.#stage.repaint();
  }

  destroy(): void {
    this.#listeners.abort();
    for (const end of this.#ends) end();
    clearTimeout(this.#announcing);
    clearTimeout(this.#filtering);
    this.#stage.end();
  }

  readonly #onOwn = (): void => {
    const before = this.#stage.own;
    this.#stage.own = this.#getOwn();
    this.#stage.refresh(new Set([...before, ...this.#stage.own]));
    this.#filterSoon();
  };

  #getOwn(): ReadonlySet<number> {
    return new Set([...this.#options.selection.get(), ...this.#options.mine.get()]);
  }

  /** Finds the seats that are together again, if the filter asks for some. */
  #filterSoon(): void {
    if (!this.#stage.scene.looks.dependsOnNeighbors) return;
    this.#filtering ??= setTimeout(() => {
      this.#filtering = undefined;
      this.#applyFilter();
    }, TOGETHER_MS);
  }

  #showSeat(index: number): void {
    const { grid } = this.#stage.scene;
    const pitch = Math.max(this.#stage.pitch, SEAT_PITCH_PX);
    this.#stage.camera.show(grid.locate(index), pitch / grid.pitch);
  }

  #findSeat(point: ScreenPoint): number | null {
    const { pitch, camera, scene } = this.#stage;
    if (pitch < SEATS_FROM_PX) return null;
    const { x, y } = toHall(camera.target, point);
    return scene.grid.findNearest(x, y, Math.max(scene.grid.pitch / 2, REACH_PX / camera.target.scale));
  }

  /** Finds the nearest seat when seats are small. Its section is the one that is meant, because outlines of nested sections overlap. */
  #findNear(point: ScreenPoint): number | null {
    const { camera, scene } = this.#stage;
    const { x, y } = toHall(camera.target, point);
    return scene.grid.findNearest(x, y, Math.max(scene.grid.pitch, REACH_PX / camera.target.scale));
  }

  #findInMinimap(point: ScreenPoint) {
    const { painter, camera } = this.#stage;
    return painter.minimap.find(camera.view, camera.screen, point);
  }

  pan(x: number, y: number): void {
    this.#stage.move(() => this.#stage.camera.pan(x, y));
  }

  tap(point: ScreenPoint, isTouch: boolean): void {
    const { camera, pitch } = this.#stage;
    this.#hasJustZoomed = false;
    const there = this.#findInMinimap(point);
    if (there !== null) return this.#stage.glide(() => camera.show(there, camera.view.scale));
    if (pitch < SEATS_FROM_PX) return this.#openSection(point, isTouch);
    const seat = this.#findSeat(point);
    if (seat === null) return this.#stage.inspect(null);
    this.#stage.cursor = seat;
    if (isTouch && pitch < FINGER_PITCH_PX) {
      this.#hasJustZoomed = true;
      this.#stage.glide(() => this.#showSeat(seat));
    } else this.#options.onToggleSeat(seat);
    if (!isTouch) return;
    const covered = this.screenOf(seat).y - (camera.screen.height - SHEET_PX);
    if (covered > 0) this.#stage.glide(() => camera.pan(0, -covered));
    this.#stage.inspect({ kind: 'seat', index: seat, at: this.screenOf(seat), by: 'touch' });
  }

  #openSection(point: ScreenPoint, isTouch: boolean): void {
    const { camera, scene } = this.#stage;
    const seat = this.#findNear(point);
    if (seat === null) return;
    const section = this.#options.layout.section[seat];
    const outline = scene.outlines.find((each) => each.section === section);
    if (outline === undefined) return;
    this.#hasJustZoomed = true;
    const { pitch } = scene.grid;
    const min = (isTouch ? FINGER_PITCH_PX : SECTION_PITCH_PX) / pitch;
    // Beside the section, the point itself could show no seat at all.
    const at = scene.grid.locate(seat);
    this.#stage.glide(() => camera.showBox(outline.box, at, { min, max: SEAT_PITCH_PX / pitch }));
  }

  /** Zooms in beside seats. On seats, it is two clicks, and the second one of a tap that has zoomed does nothing. */
  doubleTap(point: ScreenPoint): void {
    if (this.#hasJustZoomed) return;
    if (this.#findSeat(point) !== null) this.tap(point, false);
    else this.#stage.glide(() => this.#stage.camera.zoom(2, point));
  }

  hover(point: ScreenPoint | null): void {
    const { canvas, scene } = this.#stage;
    canvas.style.cursor = '';
    if (point === null || this.#findInMinimap(point) !== null) return this.#stage.inspect(null);
    const index = this.#findSeat(point);
    if (index !== null) {
      if (scene.looks.of[index] === FREE) canvas.style.cursor = 'pointer';
      return this.#stage.inspect({ kind: 'seat', index, at: this.screenOf(index), by: 'mouse' });
    }
    const near = this.#stage.pitch < SEATS_FROM_PX ? this.#findNear(point) : null;
    if (near === null) return this.#stage.inspect(null);
    const section = this.#options.layout.section[near] ?? 0;
    canvas.style.cursor = 'pointer';
    const counts = scene.looks.summarize(section);
    this.#stage.inspect({ kind: 'section', section, at: point, by: 'mouse', ...counts });
  }

  #setFocus(hasFocus: boolean): void {
    this.#stage.isCursorShown = hasFocus && this.#container.matches(':focus-visible');
    if (!hasFocus && this.#stage.inspected?.by === 'keyboard') this.#stage.inspect(null);
    this.#stage.redraw();
  }

  choose(): void {
    if (this.#stage.cursor !== null) this.#options.onToggleSeat(this.#stage.cursor);
  }

  step(key: StepKey): void {
    const { layout, texts } = this.#options;
    const { camera, scene, cursor } = this.#stage;
    const { grid } = scene;
    const middle = toHall(camera.target, camera.middle);
    const seat =
      cursor === null
        ? (grid.findNearest(middle.x, middle.y, Infinity) ?? 0)
        : step({ layout, grid }, cursor, key);
    this.#stage.cursor = seat;
    this.#stage.isCursorShown = true;
    const { x, y } = this.screenOf(seat);
    const { width, height } = camera.screen;
    const isNearEdge = Math.min(x, y, width - x, height - y) < 2 * REACH_PX;
    if (isNearEdge || this.#stage.pitch < SECTION_PITCH_PX) this.#stage.move(() => this.#showSeat(seat));
    this.#stage.inspect({ kind: 'seat', index: seat, at: this.screenOf(seat), by: 'keyboard' });
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => this.#options.announce(texts.describeSeat(seat)), ANNOUNCE_MS);
  }
}
