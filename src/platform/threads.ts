import { once } from 'node:events';
import { Worker, type Transferable } from 'node:worker_threads';
import { BusyError } from './errors.ts';

/** For who finds the queue for a thread full: some pieces of work. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Runs a module in a thread of its own, for work that would keep the event loop from everybody else, and resolves with
 * the one message that it posts. Taking a message over costs this thread as much as copying it, so what is large comes
 * as typed arrays that are handed over, with `handOver`. The thread begins within some hundredths of a second.
 *
 * @throws what the module throws; for want of memory too, which would otherwise end the process.
 */
export async function runInThread<T>(module: URL, workerData: unknown): Promise<T> {
  const worker = new Worker(module, { workerData });
  // A process that is to end does not wait for it.
  worker.unref();
  const ended = new AbortController();
  try {
    const exit = once(worker, 'exit', { signal: ended.signal }).then(() => {
      throw new Error(`worker thread ${module.pathname} exited without a result`);
    });
    const [message] = (await Promise.race([once(worker, 'message', { signal: ended.signal }), exit])) as [T];
    return message;
  } finally {
    ended.abort();
  }
}

/** The memory of the typed arrays among these values, to be handed over instead of copied. */
export function handOver(values: readonly unknown[]): Transferable[] {
  return values.filter((value) => ArrayBuffer.isView(value)).map(({ buffer }) => buffer as ArrayBuffer);
}

/**
 * Runs one piece of work after the other: those that each take a core. What comes while `waitingMax` wait is refused: it
 * rejects with a BusyError.
 */
export function oneAtATime(waitingMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  let latest: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return (work) => {
    // guard: waiting-tasks-limit
    if (unfinished > waitingMax) return Promise.reject(new BusyError(false, RETRY_AFTER_SECONDS));
    unfinished++;
    const running = latest.then(work);
    // Of a failure whoever asked for it is told.
    latest = Promise.allSettled([running]).then(() => unfinished--);
    return running;
  };
}
