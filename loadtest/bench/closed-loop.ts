/** Outcome of a request: `held` or `refused` for a hold, `shown` for a read. */
export type Outcome = 'held' | 'refused' | 'shown';

export interface LoopResult {
  readonly responses: number;
  /** Number of responses that are successful holds. */
  readonly held: number;
  readonly seconds: number;
  /** Latency of each response, ascending. */
  readonly latenciesMs: Float64Array;
}

/**
 * Runs concurrent callers for `seconds`. Each sends a request as soon as the previous one is answered, and pending requests
 * finish. An error ends the measurement.
 */
export async function closedLoop(
  callers: number,
  seconds: number,
  ask: (caller: number) => Promise<Outcome>,
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
    responses: latencies.length,
    held: counts.held,
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMs: Float64Array.from(latencies).sort(),
  };
}

export function percentile(ascending: Float64Array, fraction: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * fraction))] ?? Number.NaN;
}
