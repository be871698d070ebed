const WAVE_MS = 100;

/** What is to be ended when the server stops: all at once, or over a while, so that clients come back spread too. */
export class Departures {
  readonly #leaves = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  /** Returns what forgets it. Whatever comes when all have left is ended at once. */
  add(leave: () => void): () => void {
    if (this.#over) leave();
    else this.#leaves.add(leave);
    return () => this.#leaves.delete(leave);
  }

  /** Ends them in waves of equal size, the first of them now. */
  start(spreadMs: number): void {
    const waves = Math.max(1, Math.ceil(spreadMs / WAVE_MS));
    const size = Math.ceil(this.#leaves.size / waves);
    let left = waves;
    const wave = () => {
      // What has come since the start leaves with the last wave.
      this.#over = --left === 0;
      for (const leave of [...this.#leaves].slice(0, this.#over ? undefined : size)) {
        this.#leaves.delete(leave);
        leave();
      }
      if (this.#over) clearInterval(this.#timer);
    };
    if (waves > 1) this.#timer = setInterval(wave, WAVE_MS).unref();
    wave();
  }
}
