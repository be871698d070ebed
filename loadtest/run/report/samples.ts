import { percentile } from '../../bench/closed-loop.ts';

/** Latencies of one second of a run, or of one kind of request. */
export interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface SecondOfRun extends Latencies {
  /** Seconds since the first sample. */
  readonly second: number;
}

/** Collects latencies by name and by second. */
export class Samples {
  readonly #byName = new Map<string, number[]>();
  readonly #bySecond = new Map<number, number[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param at time of the sample in milliseconds since 1970. */
  add(name: string, at: number, tookMs: number): void {
    this.#count++;
    push(this.#byName, name, tookMs);
    push(this.#bySecond, Math.floor(at / 1_000), tookMs);
  }

  byName(): ReadonlyMap<string, Latencies> {
    return new Map([...this.#byName].map(([name, values]) => [name, summarize(values)]));
  }

  /** Returns the seconds in order. Seconds without a sample are left out. */
  bySecond(): SecondOfRun[] {
    const seconds = [...this.#bySecond].sort(([a], [b]) => a - b);
    const first = seconds[0]?.[0] ?? 0;
    return seconds.map(([second, values]) => ({ second: second - first, ...summarize(values) }));
  }

  /** Returns the figures of the last complete second, for the progress line. */
  latest(now: number): Latencies {
    return summarize(this.#bySecond.get(Math.floor(now / 1_000) - 1) ?? []);
  }
}

function push<K>(map: Map<K, number[]>, key: K, value: number): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function summarize(values: readonly number[]): Latencies {
  const ascending = Float64Array.from(values).sort();
  return {
    count: ascending.length,
    p50Ms: percentile(ascending, 0.5),
    p95Ms: percentile(ascending, 0.95),
    p99Ms: percentile(ascending, 0.99),
    maxMs: percentile(ascending, 1),
  };
}

/** Name of the requests by which virtual users ask the runner for work. */
const HANDOVER = 'handover';

interface K6Point {
  readonly data?: {
    readonly time?: string;
    readonly value?: number;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

/** Adds a line of k6's JSON output, if it is the duration of a request. */
export function addK6Line(samples: Samples, line: string): void {
  // The file has a line per sample, in all metrics, so lines of other metrics are skipped unparsed.
  if (!line.startsWith('{"metric":"http_req_duration","type":"Point"')) return;
  const { data } = JSON.parse(line) as K6Point;
  if (data?.time === undefined || data.value === undefined) return;
  // Such requests wait for the runner, not for the server.
  if (data.tags?.['name'] === HANDOVER) return;
  samples.add(data.tags?.['name'] ?? 'request', Date.parse(data.time), data.value);
}
