import { setTimeout as delay } from 'node:timers/promises';

/**
 * Paces a driver, such as a client that thinks or a fault that lasts. Ends early if the signal aborts. Never use it to
 * wait for something; use `eventually`, which names what it waits for.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await delay(ms, undefined, options).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}
