import type { SeatSpan, Timeline } from './timeline.ts';

/** An interval in milliseconds, including both ends. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

function within(intervals: readonly Interval[], outer: Interval): Interval[] {
  return intervals.flatMap(({ fromMs, untilMs }) => {
    const cut = { fromMs: Math.max(fromMs, outer.fromMs), untilMs: Math.min(untilMs, outer.untilMs) };
    return cut.fromMs <= cut.untilMs ? cut : [];
  });
}

/** Whether the condition holds at some moment of `outer`. It must only become true where an interval begins. */
export function someMoment(
  intervals: readonly Interval[],
  outer: Interval,
  condition: (momentMs: number) => boolean,
): boolean {
  const begins = within(intervals, outer).map(({ fromMs }) => fromMs);
  return [...new Set([outer.fromMs, ...begins])].some(condition);
}

export function covers(intervals: readonly Interval[], momentMs: number): boolean {
  return intervals.some(({ fromMs, untilMs }) => fromMs <= momentMs && momentMs <= untilMs);
}

/** When a seat may have been taken and when free. Both, in a millisecond in which one ends and the other begins. */
export interface SeatIntervals {
  readonly taken: readonly Interval[];
  readonly free: readonly Interval[];
}

export function seatIntervals(timeline: Timeline, seat: number, during: Interval): SeatIntervals {
  const spans = overlapping(timeline.seats[seat] ?? [], during);
  const taken: Interval[] = [];
  const free: Interval[] = [];
  for (const span of spans) {
    if (span.status === 'AVAILABLE') free.push(span);
    else if (span.status !== 'HELD') taken.push(span);
    else {
      // After its deadline and takeover delay, others may take a hold's seats, whether or not that has been recorded.
      // An outage may have moved the deadline, from the moment on at which a batch knew it.
      const booking = timeline.bookings.get(span.bookingId ?? '');
      const takeoverMs = booking?.takeoverAtMs ?? Infinity;
      const latestMs = takeoverMs + (booking?.creditMs ?? 0);
      taken.push({ fromMs: span.fromMs, untilMs: Math.min(span.untilMs, latestMs - 1) });
      free.push({ fromMs: Math.max(span.fromMs, takeoverMs), untilMs: span.untilMs });
    }
  }
  return { taken: within(taken, during), free: within(free, during) };
}

/** Returns the spans that overlap the interval. They are consecutive, because spans are in order. */
function overlapping(spans: readonly SeatSpan[], during: Interval): readonly SeatSpan[] {
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
