import { setTimeout as delay } from 'node:timers/promises';

/**
 * Paces a driver: a client that thinks, a fault that lasts. Ends early where the signal says so. Never a way to wait
 * for something: that is `eventually`, which names what it waits for.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await delay(ms, undefined, options).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}
