/** More pixels cost time and show nothing. */
const PIXEL_RATIO_MAX = 2;
/** Time between frames from which the map is too slow for all pixels. */
const SLOW_FRAME_MS = 24;
const SLOW_FRAMES = 2;
/** The view moves until it has rested for this time. */
export const REST_MS = 140;

interface Quality {
  /** Pixels of the canvas per CSS pixel. */
  readonly pixelRatio: number;
  /** True while the view moves on a machine that is too slow for the whole picture. */
  readonly isSketch: boolean;
}

/** Chooses how pictures are drawn: with fewer pixels while the view moves, if this machine was too slow for all. */
export class Sharpness {
  #movedMs = -Infinity;
  #frameMs = -Infinity;
  #slowFrames = 0;

  /** Reports that the view has moved. */
  move(nowMs: number): void {
    this.#movedMs = nowMs;
  }

  choose(nowMs: number): Quality {
    const all = Math.min(devicePixelRatio, PIXEL_RATIO_MAX);
    const isMoving = nowMs - this.#movedMs < REST_MS;
    const betweenMs = nowMs - this.#frameMs;
    this.#frameMs = nowMs;
    if (isMoving && betweenMs > SLOW_FRAME_MS && betweenMs < REST_MS) this.#slowFrames++;
    const isSketch = isMoving && this.#slowFrames >= SLOW_FRAMES;
    return { pixelRatio: isSketch ? Math.min(all, 1) : all, isSketch };
  }
}
