/** More pixels cost time and show nothing. */
const PIXEL_RATIO_MAX = 2;
/** Time between frames from which the map is too slow for all pixels. */
const SLOW_FRAME_MS = 24;
const SLOW_FRAMES = 2;
/** The view moves until it has rested for this time. */
export const REST_MS = 140;

/** Chooses the pixels of the canvas per CSS pixel: fewer while the view moves, if this machine was too slow for all. */
export class Sharpness {
  #movedMs = -Infinity;
  #frameMs = -Infinity;
  #slowFrames = 0;

  /** Reports that the view has moved. */
  move(nowMs: number): void {
    this.#movedMs = nowMs;
  }

  choose(nowMs: number): number {
    const all = Math.min(devicePixelRatio, PIXEL_RATIO_MAX);
    const isMoving = nowMs - this.#movedMs < REST_MS;
    const betweenMs = nowMs - this.#frameMs;
    this.#frameMs = nowMs;
    if (isMoving && betweenMs > SLOW_FRAME_MS && betweenMs < REST_MS) this.#slowFrames++;
    return isMoving && this.#slowFrames >= SLOW_FRAMES ? Math.min(all, 1) : all;
  }
}
