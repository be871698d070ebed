import { once } from 'node:events';
import { Worker, type Transferable } from 'node:worker_threads';

/**
 * Runs a module in a worker thread, for work that would block the event loop, and returns the one message that it
 * posts. Receiving a message costs this thread as much as copying it, so large results should be typed arrays that are
 * transferred; see `transferList`. A thread takes some tens of milliseconds to start.
 *
 * @throws what the module throws, also if it runs out of memory. Outside a thread, that would end the process.
 */
export async function runInThread<T>(module: URL, workerData: unknown): Promise<T> {
  const worker = new Worker(module, { workerData });
  // A process that stops does not wait for the thread.
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

/** Returns the buffers of the typed arrays among the values, to be transferred instead of copied. */
export function transferList(values: readonly unknown[]): Transferable[] {
  return values.filter((value) => ArrayBuffer.isView(value)).map(({ buffer }) => buffer as ArrayBuffer);
}
