import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withTimeout } from '../../../src/platform/with-timeout.ts';
import type { HonestOrder, HonestReport } from './honest-process.ts';

const REPORT_WITHIN_MS = 30_000;

/** The honest clients, in a process that the attacks do not slow down. It ends with this one. */
export class HonestClient implements Disposable {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;
  #held = 0;
  #updates = 0;
  #worstMs = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#ended = once(process, 'exit').then(() =>
      Promise.reject(new Error('the process of the honest clients has ended')),
    );
    this.#ended.catch(() => undefined);
  }

  static start(order: HonestOrder): HonestClient {
    const client = new HonestClient(fork(fileURLToPath(new URL('honest-process.ts', import.meta.url))));
    client.work(order);
    return client;
  }

  get held(): number {
    return this.#held;
  }

  get updates(): number {
    return this.#updates;
  }

  /** Longest time for a successful hold and its release. */
  get worstMs(): number {
    return this.#worstMs;
  }

  work(order: HonestOrder): void {
    if (this.#process.connected) this.#process.send(order);
  }

  /** Pauses while the server restarts. */
  rest(): void {
    if (this.#process.connected) this.#process.send('rest');
  }

  /** Returns the failures since the last call. */
  async failures(): Promise<readonly string[]> {
    const reported = once(this.#process, 'message') as Promise<[HonestReport]>;
    if (this.#process.connected) this.#process.send('report');
    const [report] = await withTimeout(
      Promise.race([reported, this.#ended]),
      REPORT_WITHIN_MS,
      'the report of the honest clients',
    );
    this.#held += report.held;
    this.#updates += report.updates;
    this.#worstMs = Math.max(this.#worstMs, report.worstMs);
    return report.failures;
  }

  [Symbol.dispose](): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
