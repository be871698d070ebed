const WAVE_MS = 100;
/** Maximum interval at which the ages of all connections are checked. A timer for each would take half a kilobyte. */
const AGE_CHECK_MS_MAX = 1_000;

/** Why a connection ends: the server stops, or the connection is old. */
export type EndReason = 'stopping' | 'age';
type End = (reason: EndReason) => void;

/**
 * Ends long-lived connections when the server stops: all at once, or in waves, so that their clients do not all reconnect
 * at the same time. Also ends each connection at a random age, so that connections spread to nodes that started later.
 */
export class ConnectionDrainer {
  /** With the time at which each connection is too old, in milliseconds. */
  readonly #connections = new Map<End, number>();
  readonly #ageMaxMs: number | null;
  #ageTimer: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param ageMaxMs Maximum age of a connection; null for none. */
  constructor(ageMaxMs: number | null = null) {
    this.#ageMaxMs = ageMaxMs;
  }

  /** Adds a connection. Returns a function that removes it. A connection that is added after the last wave ends at once. */
  add(end: End): () => void {
    if (this.#isOver) end('stopping');
    else this.#connections.set(end, this.#planEnd());
    return () => this.#remove(end);
  }

  #planEnd(): number {
    if (this.#ageMaxMs === null) return Infinity;
    const intervalMs = Math.min(AGE_CHECK_MS_MAX, this.#ageMaxMs / 100);
    this.#ageTimer ??= setInterval(() => this.#endOld(), intervalMs).unref();
    // Connections that were made together, such as after the failure of a node, do not end together.
    const ageMs = this.#ageMaxMs * (0.5 + Math.random() / 2); // guard: connection-age-jitter
    return Math.round(performance.now() + ageMs);
  }

  #endOld(): void {
    const now = performance.now();
    for (const [end, endsAt] of this.#connections) {
      if (now < endsAt) continue;
      this.#remove(end);
      end('age');
    }
  }

  #remove(end: End): void {
    this.#connections.delete(end); // guard: closed-connection-forgotten
    if (this.#connections.size > 0) return;
    clearInterval(this.#ageTimer);
    this.#ageTimer = undefined;
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
