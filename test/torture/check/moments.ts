/** A stretch of time in milliseconds, both ends included. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

export function within(stretches: readonly Stretch[], outer: Stretch): Stretch[] {
  return stretches.flatMap(({ fromMs, untilMs }) => {
    const cut = { fromMs: Math.max(fromMs, outer.fromMs), untilMs: Math.min(untilMs, outer.untilMs) };
    return cut.fromMs <= cut.untilMs ? cut : [];
  });
}

/** Whether some moment of `outer` satisfies the condition, which can become true only where a stretch begins. */
export function someMoment(
  stretches: readonly Stretch[],
  outer: Stretch,
  condition: (momentMs: number) => boolean,
): boolean {
  const begins = within(stretches, outer).map(({ fromMs }) => fromMs);
  return [...new Set([outer.fromMs, ...begins])].some(condition);
}

export function covers(stretches: readonly Stretch[], momentMs: number): boolean {
  return stretches.some(({ fromMs, untilMs }) => fromMs <= momentMs && momentMs <= untilMs);
}
