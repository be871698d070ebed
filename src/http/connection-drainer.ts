const WAVE_MS = 100;

/** Why a connection ends: the server stops, or the connection is old. */
export type EndReason = 'stopping' | 'age';
type End = (reason: EndReason) => void;

/**
 * Ends long-lived connections when the server stops: all at once, or in waves, so that their clients do not all reconnect
 * at the same time. Also ends each connection at a random age, so that connections spread to nodes that started later.
 */
export class ConnectionDrainer {
  /** With the timer of each connection's age. */
  readonly #connections = new Map<End, NodeJS.Timeout | undefined>();
  readonly #ageMaxMs: number | null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param ageMaxMs Maximum age of a connection; null for none. */
  constructor(ageMaxMs: number | null = null) {
    this.#ageMaxMs = ageMaxMs;
  }

  /** Adds a connection. Returns a function that removes it. A connection that is added after the last wave ends at once. */
  add(end: End): () => void {
    if (this.#isOver) end('stopping');
    else this.#connections.set(end, this.#endLater(end));
    return () => this.#remove(end);
  }

  #endLater(end: End): NodeJS.Timeout | undefined {
    if (this.#ageMaxMs === null) return undefined;
    // Connections that were made together, such as after the failure of a node, do not end together.
    const ageMs = this.#ageMaxMs * (0.5 + Math.random() / 2); // guard: connection-age-jitter
    return setTimeout(() => {
      this.#remove(end);
      end('age');
    }, ageMs).unref();
  }

  #remove(end: End): void {
    clearTimeout(this.#connections.get(end)); // guard: closed-connection-forgotten
    this.#connections.delete(end);
  }

  /** Ends the connections in waves of equal size. The first wave is now. */
  start(spreadMs: number): void {
    const waves = Math.max(1, Math.ceil(spreadMs / WAVE_MS));
    const size = Math.ceil(this.#connections.size / waves);
    let left = waves;
    const endWave = () => {
      // The last wave includes connections that were added since the start.
      this.#isOver = --left === 0;
      for (const end of [...this.#connections.keys()].slice(0, this.#isOver ? undefined : size)) {
        this.#remove(end);
        end('stopping');
      }
      if (this.#isOver) clearInterval(this.#timer);
    };
    if (waves > 1) this.#timer = setInterval(endWave, WAVE_MS).unref();
    endWave();
  }
}
