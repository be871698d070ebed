import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { withTimeout } from '../../../src/platform/with-timeout.ts';
import type { MemoryReport, ProbeQuestion, TurnReport } from './probe.ts';

/** Longer than any turn that is worth measuring. */
const ANSWER_WITHIN_MS = 120_000;

/** Queries the probe in the server, one question at a time. */
export class ProbeClient {
  readonly #connection: Socket;
  readonly #lines: Interface;

  private constructor(connection: Socket) {
    this.#connection = connection;
    this.#lines = createInterface({ input: connection });
    // Only its close matters.
    connection.on('error', () => undefined);
  }

  static async connect(path: string): Promise<ProbeClient> {
    const connection = connect(path);
    await once(connection, 'connect');
    return new ProbeClient(connection);
  }

  turn(): Promise<TurnReport> {
    return this.#ask<TurnReport>('turn');
  }

  memory(): Promise<MemoryReport> {
    return this.#ask<MemoryReport>('memory');
  }

  async mark(): Promise<void> {
    await this.#ask('mark');
  }

  close(): void {
    this.#connection.destroy();
  }

  /** @throws if the server has ended, or does not answer at all. */
  async #ask<T>(question: ProbeQuestion): Promise<T> {
    if (this.#connection.destroyed) throw new Error('the server has ended');
    const gone = new AbortController();
    const ended = once(this.#connection, 'close', { signal: gone.signal }).then(() => {
      throw new Error('the server has ended');
    });
    const line = once(this.#lines, 'line', { signal: gone.signal }) as Promise<[string]>;
    // The loser rejects when it is canceled.
    for (const either of [ended, line]) either.catch(() => undefined);
    this.#connection.write(`${question}\n`);
    try {
      const [text] = await withTimeout(
        Promise.race([line, ended]),
        ANSWER_WITHIN_MS,
        'the answer of the probe',
      );
      return JSON.parse(text) as T;
    } finally {
      gone.abort();
    }
  }
}
