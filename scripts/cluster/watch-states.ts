import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

const LOOK_EVERY_MS = 1_000;

/** Reports each change of a node's state until the signal. */
export async function watchStates(
  cluster: Cluster,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, string>();
  while (!signal.aborted) {
    for (const { name, state } of await cluster.readStates()) {
      const before = known.get(name);
      if (before !== undefined && before !== state) report(`${name}: ${before} → ${state}`);
      known.set(name, state);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
