/** p99 of the event loop's lag by process and interval, in milliseconds. */
const LOOK_EVERY_MS = 10_000;

export interface LagInterval {
  readonly process: number;
  /** End of the interval in milliseconds since 1970. */
  readonly at: number;
  readonly p99Ms: number;
}

/** Reads the lag of the event loop from the metrics of servers. A reading starts a new interval of the server's histogram. */
export class EventLoopLag implements Disposable {
  readonly #urls: readonly string[];
  readonly #timer: NodeJS.Timeout;
  readonly intervals: LagInterval[] = [];

  private constructor(urls: readonly string[]) {
    this.#urls = urls;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  static async start(metricsUrls: readonly string[]): Promise<EventLoopLag> {
    const lag = new EventLoopLag(metricsUrls);
    await lag.look();
    // What came before the load does not count.
    lag.intervals.length = 0;
    return lag;
  }

  /** Ends the current interval. */
  async look(): Promise<void> {
    const readings = await Promise.all(this.#urls.map(readP99Ms));
    const at = Date.now();
    readings.forEach((p99Ms, process) => {
      if (p99Ms !== null) this.intervals.push({ process, at, p99Ms });
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

async function readP99Ms(url: string): Promise<number | null> {
  try {
    const text = await (await fetch(url)).text();
    return 1_000 * Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
}
