/** What a server refused, by its metrics. */
export interface Refusals {
  /** Refused calls by limit. */
  readonly byLimit: ReadonlyMap<string, number>;
  /** Checks that the process made on its own, because Redis did not answer. */
  readonly checksWithoutRedis: number;
}

export async function readRefusals(metricsUrl: string): Promise<Refusals> {
  const metrics = await (await fetch(metricsUrl)).text();
  const byLimit = new Map<string, number>();
  for (const [, labels = '', value] of metrics.matchAll(/^sellout_rate_limited_total\{(.*)\} (\S+)$/gm)) {
    const limit = /limit="([^"]*)"/.exec(labels)?.[1] ?? '';
    byLimit.set(limit, (byLimit.get(limit) ?? 0) + Number(value));
  }
  const alone = /^sellout_rate_limits_without_redis_total(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1];
  return { byLimit, checksWithoutRedis: Number(alone) };
}

/** Returns what was refused between two readings, the most frequent limit first. */
export function subtractRefusals(later: Refusals, earlier: Refusals): Refusals {
  const byLimit = [...later.byLimit]
    .map(([limit, count]) => [limit, count - (earlier.byLimit.get(limit) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a);
  return {
    byLimit: new Map(byLimit),
    checksWithoutRedis: later.checksWithoutRedis - earlier.checksWithoutRedis,
  };
}
