/** Rooms whose pace is kept at once. Beyond it, nobody is admitted: there are never so many active rooms. */
const ROOMS_MAX = 1_000;
/** Seconds of the pace that may be used at once. */
const BURST_SECONDS = 2;

/** The pace of rooms in this process alone, for the time in which Redis is away. */
export class LocalPace {
  readonly #rooms = new Map<number, { tokens: number; atMs: number }>();

  /** Returns whether one more person may be admitted now. */
  take(eventId: number, pacePerMinute: number, nowMs: number): boolean {
    const perMs = pacePerMinute / 60_000;
    const max = Math.max(1, perMs * 1_000 * BURST_SECONDS);
    let room = this.#rooms.get(eventId);
    if (room === undefined) {
      if (this.#rooms.size >= ROOMS_MAX) return false;
      room = { tokens: max, atMs: nowMs };
      this.#rooms.set(eventId, room);
    }
    room.tokens = Math.min(max, room.tokens + Math.max(0, nowMs - room.atMs) * perMs);
    room.atMs = nowMs;
    if (room.tokens < 1) return false;
    room.tokens--;
    return true;
  }
}
