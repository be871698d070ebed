/** An interval in milliseconds, including both ends. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

export function within(intervals: readonly Interval[], outer: Interval): Interval[] {
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
