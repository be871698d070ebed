import { pause } from '../../support/pause.ts';
import type { Random } from '../random.ts';

/** Number of injected faults by kind. */
export type FaultCounts = Map<string, number>;

export interface Fault {
  readonly kind: string;
  readonly weight: number;
  /** What the fault makes unusable. No two faults hit the same target at once. */
  readonly target: string;
  /** @param stop aborted when the clients end, after which a fault that needs their requests may have no effect. */
  run(random: Random, stop: AbortSignal): Promise<void>;
}

const LANES = 2;

/** Injects faults until aborted, and resolves when all of them are over. */
export async function injectFaults(
  faults: readonly Fault[],
  random: Random,
  stop: AbortSignal,
  counts: FaultCounts,
  log: (line: string) => void = () => {},
): Promise<void> {
  const busy = new Set<string>();
  const lane = async (choices: Random) => {
    while (!stop.aborted) {
      await pause(choices.whole(200, 1_200), stop);
      // Each kind comes once before any repeats, so that a short run has all of them.
      const unseen = faults.filter(({ kind }) => !counts.has(kind));
      const choosable = unseen.length > 0 ? unseen : faults;
      const fault = choices.weighted(choosable.map((fault) => [fault.weight, fault] as const));
      if (stop.aborted || busy.has(fault.target)) continue;
      busy.add(fault.target);
      counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      log(`${new Date().toISOString()} ${fault.target}: ${fault.kind}`);
      try {
        await fault.run(choices.fork(), stop);
      } finally {
        log(`${new Date().toISOString()} ${fault.target}: over`);
        busy.delete(fault.target);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, () => lane(random.fork())));
}
