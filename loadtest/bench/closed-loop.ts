/** What a caller was told: of a hold whether he has it, of anything else what it shows. */
export type Answer = 'held' | 'refused' | 'shown';

export interface LoopResult {
  readonly answers: number;
  /** Of these answers. */
  readonly held: number;
  readonly seconds: number;
  /** Of each answer, ascending. */
  readonly latenciesMs: Float64Array;
}

/**
 * So many callers at once, each asking anew as soon as it was answered, for `seconds`; then those under way finish. What
 * throws ends the measurement: an error is no answer.
 */
export async function closedLoop(
  callers: number,
  seconds: number,
  ask: (caller: number) => Promise<Answer>,
): Promise<LoopResult> {
  const latencies: number[] = [];
  const counts = { held: 0, refused: 0, shown: 0 };
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const caller = async (index: number): Promise<void> => {
    for (let askedAt = performance.now(); askedAt < endsAt;) {
      counts[await ask(index)]++;
      const answeredAt = performance.now();
      latencies.push(answeredAt - askedAt);
      askedAt = answeredAt;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)));
  return {
    answers: latencies.length,
    held: counts.held,
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

export function percentile(ascending: Float64Array, fraction: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * fraction))] ?? Number.NaN;
}
