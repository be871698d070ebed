/**
 * The server's clock, from the Date headers of its responses. A header has whole seconds, so each response only says that
 * the difference between the clocks lies in an interval. The intervals of many responses together narrow it down.
 */
let lowest = -Infinity;
let highest = Infinity;

/** Learns from one response. `sentAt` and `receivedAt` are times of the browser's clock. */
export function learnServerTime(dateHeader: string | null, sentAt: number, receivedAt: number): void {
  const date = Date.parse(dateHeader ?? '');
  if (Number.isNaN(date)) return;
  const low = date - receivedAt;
  const high = date + 1_000 - sentAt;
  // An interval outside the known one means that the browser's clock was set.
  if (low > highest || high < lowest) [lowest, highest] = [low, high];
  else [lowest, highest] = [Math.max(low, lowest), Math.min(high, highest)];
}

/** Returns the time of the server's clock, or null before the first response. */
export function getKnownServerTime(): number | null {
  return Number.isFinite(lowest) ? Date.now() + (lowest + highest) / 2 : null;
}

/** Returns the time of the server's clock, or the browser's before the first response. */
export function getServerTime(): number {
  return getKnownServerTime() ?? Date.now();
}
