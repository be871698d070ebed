const WAVE_MS = 100;

/** What is to be ended when the server stops: all at once, or over a while, so that clients come back spread too. */
export class Departures {
  readonly #leaves = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Returns what forgets it. */
  add(leave: () => void): () => void {
    this.#leaves.add(leave);
    return () => this.#leaves.delete(leave);
  }

  /** Ends them in waves of equal size, the first of them now. */
  start(spreadMs: number): void {
    const waves = Math.max(1, Math.ceil(spreadMs / WAVE_MS));
    const size = Math.ceil(this.#leaves.size / waves);
    const wave = () => {
      for (const leave of [...this.#leaves].slice(0, spreadMs === 0 ? undefined : size)) {
        this.#leaves.delete(leave);
        leave();
      }
      if (this.#leaves.size === 0) clearInterval(this.#timer);
    };
    if (spreadMs > 0) this.#timer = setInterval(wave, WAVE_MS);
    wave();
  }
}
