import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Samples } from '../report/samples.ts';
import type { FinalMap, SaleEvent } from '../target/target.ts';
import type { Broadcast, WatchersReport } from './watchers-process.ts';

const PROGRAM = new URL('./watchers-process.ts', import.meta.url);

/** Sockets in a child process that watch an event during a run. */
export class Watchers implements Disposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(([code]: unknown[]) =>
      Promise.reject(new Error(`the watchers ended with exit status ${String(code)}`)),
    );
    this.#ended.catch(() => undefined);
  }

  /** Resolves when all sockets have subscribed. */
  static async start(url: string, event: SaleEvent, sockets: number): Promise<Watchers> {
    const args = [url, event.id, String(event.seatCount), String(sockets)];
    // Arrival times are typed arrays.
    const watchers = new Watchers(fork(PROGRAM, args, { serialization: 'advanced' }));
    await Promise.race([once(watchers.#child, 'message'), watchers.#ended]);
    return watchers;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until the sockets have caught up with the final map, and returns what they received. */
  async finish(map: FinalMap): Promise<WatchersReport> {
    this.#child.send(map);
    const [report] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [WatchersReport];
    return report;
  }

  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/**
 * Returns the latencies from COMMIT to each socket. A message that covers several versions is one sample for each of them,
 * so that the wait for the tick counts.
 */
export function measureLag(
  broadcasts: readonly Broadcast[],
  commitTimes: ReadonlyMap<number, number>,
): Samples {
  const samples = new Samples();
  for (const { fromVersion, version, arrivals } of broadcasts) {
    for (let committed = fromVersion + 1; committed <= version; committed++) {
      const at = commitTimes.get(committed);
      if (at === undefined) continue;
      for (const arrival of arrivals) samples.add('COMMIT to socket', at, arrival - at);
    }
  }
  return samples;
}
