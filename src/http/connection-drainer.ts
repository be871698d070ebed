const WAVE_MS = 100;

/**
 * Ends long-lived connections when the server stops: all at once, or in waves, so that their clients do not all reconnect
 * at the same time.
 */
export class ConnectionDrainer {
  readonly #connections = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** Adds a connection. Returns a function that removes it. A connection that is added after the last wave ends at once. */
  add(end: () => void): () => void {
    if (this.#isOver) end();
    else this.#connections.add(end);
    return () => this.#connections.delete(end);
  }

  /** Ends the connections in waves of equal size. The first wave is now. */
  start(spreadMs: number): void {
    const waves = Math.max(1, Math.ceil(spreadMs / WAVE_MS));
    const size = Math.ceil(this.#connections.size / waves);
    let left = waves;
    const endWave = () => {
      // The last wave includes connections that were added since the start.
      this.#isOver = --left === 0;
      for (const end of [...this.#connections].slice(0, this.#isOver ? undefined : size)) {
        this.#connections.delete(end);
        end();
      }
      if (this.#isOver) clearInterval(this.#timer);
    };
    if (waves > 1) this.#timer = setInterval(endWave, WAVE_MS).unref();
    endWave();
  }
}
