import { within, type Stretch } from './moments.ts';
import type { SeatSpan, Timeline } from './timeline.ts';

/** When a seat may have been taken, and when free. Where one ends in the millisecond in which the other begins, both. */
export interface SeatStretches {
  readonly taken: readonly Stretch[];
  readonly free: readonly Stretch[];
}

export function seatStretches(timeline: Timeline, seat: number, during: Stretch): SeatStretches {
  const spans = overlapping(timeline.seats[seat] ?? [], during);
  const taken: Stretch[] = [];
  const free: Stretch[] = [];
  for (const span of spans) {
    if (span.status === 'AVAILABLE') free.push(span);
    else if (span.status !== 'HELD') taken.push(span);
    else {
      // From its deadline on a hold's seats are for others to take, whether or not that is written down yet.
      const deadlineMs = timeline.bookings.get(span.bookingId ?? '')?.holdExpiresAtMs ?? Infinity;
      taken.push({ fromMs: span.fromMs, untilMs: Math.min(span.untilMs, deadlineMs - 1) });
      free.push({ fromMs: Math.max(span.fromMs, deadlineMs), untilMs: span.untilMs });
    }
  }
  return { taken: within(taken, during), free: within(free, during) };
}

/** Spans follow each other, so those that overlap stand together. */
function overlapping(spans: readonly SeatSpan[], during: Stretch): readonly SeatSpan[] {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.untilMs ?? Infinity) < during.fromMs) low = middle + 1;
    else high = middle;
  }
  const end = spans.findIndex((span, i) => i >= low && span.fromMs > during.untilMs);
  return spans.slice(low, end < 0 ? undefined : end);
}
