import type { Hold, HoldInput, HoldResult } from './data.ts';

// #region layout
export interface Layout {
  readonly seatIds: readonly string[];
  readonly labels: readonly string[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Loads what never changes about the seats. The browser keeps it: the URL contains a hash of the content. */
export async function loadLayout(origin: string, layoutUrl: string): Promise<Layout> {
  const response = await fetch(new URL(layoutUrl, origin));
  if (!response.ok) throw new Error(`GET ${layoutUrl} returned ${response.status}`);
  return (await response.json()) as Layout;
}
// #endregion

// #region errors
export function describeHold(result: HoldResult): string {
  switch (result.__typename) {
    case 'Booking':
      return `Held: ${result.seats.map(({ label }) => label).join('; ')}`;
    case 'SeatsUnavailableError':
      return `No longer available: ${result.seats.map(({ label }) => label).join('; ')}`;
    case 'BusyError':
    case 'RateLimitedError':
      return `Please try again in ${result.retryAfterSeconds} s.`;
    default:
      // Every other error, including those of later versions, has a code and a message.
      return result.message;
  }
}
// #endregion

// #region retry
const ATTEMPTS_MAX = 5;

/** Holds seats, and repeats the call if the server is busy or does not respond. */
export async function holdWithRetry(
  hold: (input: HoldInput) => Promise<HoldResult>,
  choice: HoldInput,
): Promise<HoldResult> {
  // One key for all attempts. If an earlier attempt was committed, the server returns its booking.
  const input = { idempotencyKey: crypto.randomUUID(), ...choice };
  for (let attempt = 1; ; attempt++) {
    const result = await hold(input).catch((error: unknown) => {
      if (attempt === ATTEMPTS_MAX) throw error;
      return null; // no response: the seats may be held
    });
    // BusyError and RateLimitedError say how long to wait. Repeating the call cannot change any other result.
    const isFinal = result !== null && !('retryAfterSeconds' in result);
    if (isFinal || (result !== null && attempt === ATTEMPTS_MAX)) return result;
    const seconds = result?.retryAfterSeconds ?? 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000 * (1 + Math.random())));
  }
}
// #endregion

// #region countdown
/**
 * Counts down to the end of a new hold. Uses no clock of this device: its lifetime is the difference of two times of the
 * server, and starts when the request was sent (`performance.now()`), so that the display ends early rather than late.
 */
export function startCountdown(hold: Hold, sentAt: number, show: (seconds: number) => void): () => void {
  const lifetimeMs = Date.parse(hold.holdExpiresAt) - Date.parse(hold.createdAt);
  const update = () => {
    const leftMs = Math.max(0, lifetimeMs - (performance.now() - sentAt));
    show(Math.floor(leftMs / 1_000));
    if (leftMs === 0) clearInterval(timer);
  };
  const timer = setInterval(update, 250);
  update();
  return () => clearInterval(timer);
}
// #endregion

// #region server-clock
/** Returns a clock of the server's time, for example after a page was reloaded during a hold. Never late, at most a second early. */
export async function readServerClock(origin: string): Promise<() => number> {
  const sentAt = performance.now();
  const response = await fetch(`${origin}/health`, { cache: 'no-store' });
  const time = Date.parse(response.headers.get('date') ?? '');
  // The header omits fractions of a second.
  return () => time + 1_000 + (performance.now() - sentAt);
}
// #endregion
