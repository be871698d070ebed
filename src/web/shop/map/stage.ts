import { afterPaint } from '../parts/after-paint.ts';
import type { Inspected, SeatMapOptions } from './contract.ts';
import { Painter } from './draw/painter.ts';
import { publishCounts, Scene } from './scene.ts';
import { REST_MS, Sharpness } from './sharpness.ts';
import { readTheme } from './theme.ts';
import { Camera } from './viewport.ts';

const PITCH_MAX_PX = 80;

/** The canvas with everything that is drawn on it. It draws at most one picture per frame of the browser. */
export class Stage {
  readonly canvas = document.createElement('canvas');
  readonly scene: Scene;
  readonly painter: Painter;
  readonly camera: Camera;
  /** Seats that are selected or the buyer's own. */
  own: ReadonlySet<number> = new Set();
  /** Seat with the keyboard cursor. */
  cursor: number | null = null;
  isCursorShown = false;
  inspected: Inspected | null = null;
  readonly #container: HTMLElement;
  readonly #options: SeatMapOptions;
  readonly #sharpness = new Sharpness();
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #sizes: ResizeObserver;
  readonly #listeners = new AbortController();
  #pixelRatio = 0;
  #frame = 0;
  #version = 0;
  #hasNewData = true;
  /** Seats that other buyers have changed since the last picture. */
  readonly #changed = new Set<number>();
  #hasSections = false;
  #cancelSections = () => {};
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(container: HTMLElement, options: SeatMapOptions) {
    this.#container = container;
    this.#options = options;
    this.canvas.setAttribute('aria-hidden', 'true');
    container.append(this.canvas);
    this.scene = new Scene(options, readTheme(container));
    this.camera = new Camera(this.scene.box, PITCH_MAX_PX / this.scene.grid.pitch);
    this.painter = new Painter(this.canvas, this.scene);
    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(container);
    const onTheme = () => {
      this.scene.theme = readTheme(container);
      this.repaint();
    };
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', onTheme, { signal: this.#listeners.signal });
  }

  /** Distance between seats on the screen. */
  get pitch(): number {
    return this.scene.grid.pitch * this.camera.target.scale;
  }

  /** Draws the seats at once, because a canvas that changes its size is empty until it is drawn, and then the sections. */
  start(): void {
    this.#resize();
    this.#cancelSections = afterPaint(() => {
      this.#hasSections = true;
      this.redraw();
    });
  }

  end(): void {
    this.#cancelSections();
    this.#listeners.abort();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#resting);
    this.canvas.remove();
  }

  /** Shows changes of other buyers in the next picture. A page that is hidden, and draws none, only collects them. */
  change(changes: readonly { readonly index: number }[]): void {
    for (const { index } of changes) this.#changed.add(index);
    this.#hasNewData = true;
    this.redraw();
  }

  /** Computes the looks of seats again. */
  refresh(indexes: Iterable<number>): void {
    this.painter.change([...indexes].filter((index) => this.scene.looks.refresh(index)));
    this.#hasNewData = true;
    this.redraw();
  }

  /** Changes of other buyers pulse, unless the buyer wants no motion. */
  #takeChanges(nowMs: number): void {
    const changed = [...this.#changed].filter((index) => this.scene.looks.refresh(index));
    this.#changed.clear();
    this.painter.change(changed);
    // The first picture has them already.
    if (this.#version > 0 && !this.#stillness.matches)
      for (const index of changed) this.painter.pulse(index, nowMs);
  }

  repaint(): void {
    this.painter.invalidate();
    this.#hasNewData = true;
    this.redraw();
  }

  /** Changes the view. */
  move(change: () => void): void {
    change();
    this.#moved();
  }

  /** Changes the view in an animation, unless the buyer wants no motion. */
  glide(change: () => void): void {
    if (this.#stillness.matches) change();
    else this.camera.glide(performance.now(), change);
    this.#moved();
  }

  inspect(next: Inspected | null): void {
    if (next === null && this.inspected === null) return;
    this.inspected = next;
    this.#options.onInspect(next);
    this.redraw();
  }

  redraw(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #moved(): void {
    this.#sharpness.move(performance.now());
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.redraw(), REST_MS + 20);
    // What is said about a seat would no longer be beside it.
    if (this.inspected?.by !== 'keyboard') this.inspect(null);
    this.redraw();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#container;
    if (width === 0 || height === 0) return;
    this.camera.resize({ width, height });
    this.#pixelRatio = 0;
    this.#draw();
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.camera.screen.width === 0) return;
    const nowMs = performance.now();
    this.#takeChanges(nowMs);
    const isGliding = this.camera.advance(nowMs);
    if (isGliding) this.#sharpness.move(nowMs);
    const { pixelRatio, isSketch } = this.#sharpness.choose(nowMs);
    this.#setPixelRatio(pixelRatio);
    const { view, screen } = this.camera;
    const target = this.inspected;
    const hovered = target?.kind === 'seat' && target.by !== 'keyboard' ? target.index : null;
    const hoveredSection = target?.kind === 'section' ? target.section : null;
    const cursor = this.isCursorShown ? this.cursor : null;
    const { own } = this;
    const hasSections = this.#hasSections;
    const frame = { view, screen, cursor, hovered, hoveredSection, own, hasSections, isSketch, nowMs };
    const isPulsing = this.painter.draw(frame, pixelRatio);
    if (this.#hasNewData) this.#publish();
    if (isPulsing || isGliding) this.redraw();
  }

  #setPixelRatio(ratio: number): void {
    if (ratio === this.#pixelRatio) return;
    this.#pixelRatio = ratio;
    this.canvas.width = Math.round(this.camera.screen.width * ratio);
    this.canvas.height = Math.round(this.camera.screen.height * ratio);
  }

  #publish(): void {
    this.#hasNewData = false;
    this.#version++;
    publishCounts(this.#container, this.#options, this.#version);
  }
}
