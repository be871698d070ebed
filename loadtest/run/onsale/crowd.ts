import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CrowdReport, FromCrowd, Start } from './crowd-process.ts';
import type { Called } from './waiter.ts';

const PROGRAM = new URL('./crowd-process.ts', import.meta.url);

export interface CrowdOptions {
  readonly urls: readonly string[];
  readonly processes: number;
  readonly people: number;
  readonly botShare: number;
  readonly onCalled: (called: Called) => void;
}

/** The people who arrive and wait, in child processes, since a process has a limited number of file descriptors. */
export class Crowd implements Disposable {
  readonly #children: readonly ChildProcess[];
  readonly #reports: readonly Promise<CrowdReport>[];
  /** Rejects if a process ends early. */
  readonly #ended: Promise<never>;

  private constructor(children: readonly ChildProcess[], onCalled: (called: Called) => void) {
    this.#children = children;
    this.#reports = children.map(
      (child) =>
        new Promise((resolve) => {
          child.on('message', (message: FromCrowd) => {
            if (message === 'ready') return;
            if ('called' in message) onCalled(message.called);
            else resolve(message.report);
          });
        }),
    );
    this.#ended = Promise.race(
      children.map(async (child) => {
        const [code] = (await once(child, 'exit')) as [number | null];
        throw new Error(`the people who wait ended with exit status ${code}`);
      }),
    );
    this.#ended.catch(() => undefined);
  }

  /** Resolves when the processes are ready for the first arrival. */
  static async start({ urls, processes, people, botShare, onCalled }: CrowdOptions): Promise<Crowd> {
    const children = Array.from({ length: processes }, (_, first) =>
      fork(PROGRAM, [urls.join(','), ...[first, processes, people, botShare].map(String)], {
        serialization: 'advanced',
      }),
    );
    const crowd = new Crowd(children, onCalled);
    await Promise.race([Promise.all(children.map((child) => once(child, 'message'))), crowd.#ended]);
    return crowd;
  }

  get pids(): readonly number[] {
    return this.#children.map(({ pid }) => pid ?? 0);
  }

  open(start: Start): void {
    for (const child of this.#children) child.send(start);
  }

  /** Ends the waiting, and returns what each process saw. */
  async finish(): Promise<CrowdReport[]> {
    for (const child of this.#children) child.send('finish');
    return Promise.race([Promise.all(this.#reports), this.#ended]);
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) if (child.connected) child.disconnect();
  }
}
