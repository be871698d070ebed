import type { HoldPathHealth } from '../../../src/waiting-room/rules/admission-control.ts';
import type { Costs } from '../inputs.ts';

/**
 * Commands per batch in the benchmark of limits. A client waits for the running batch and for its own, so that half of the
 * clients are in each.
 */
export const FEW = 8 / 2;
export const MANY = 256 / 2;
const BATCH_MAX = 512;

/** Time of a batch, which grows with its size. */
export interface BatchTime {
  readonly millis: number;
  readonly millisPerCommand: number;
}

export function readBatchTime({ holdMillisFew, holdMillisMany }: Costs): BatchTime {
  // Half of the latency is the wait for the running batch.
  const millisPerCommand = (holdMillisMany - holdMillisFew) / 2 / (MANY - FEW);
  return { millis: holdMillisFew / 2 - FEW * millisPerCommand, millisPerCommand };
}

/** Returns the commands per batch: the one that begins it, and those that arrive while the previous one runs. */
export function getBatchSize(commandsPerSecond: number, { millis, millisPerCommand }: BatchTime): number {
  const [fixed, each] = [
    (commandsPerSecond * millis) / 1_000,
    (commandsPerSecond * millisPerCommand) / 1_000,
  ];
  return each >= 1 ? BATCH_MAX : Math.min(BATCH_MAX, (1 + fixed) / (1 - each));
}

/** The one lane of an event: a batch after another. What arrives beyond its rate waits. */
export class Lane {
  readonly #time: BatchTime;
  readonly #commandsMax: number;
  #backlog = 0;

  constructor(costs: Costs) {
    this.#time = readBatchTime(costs);
    this.#commandsMax = costs.eventCommandsMax;
  }

  /** Takes the commands of a second. Returns the batches of that second, and the health that the waiting room sees. */
  take(commands: number): { readonly batches: number; readonly health: HoldPathHealth } {
    const done = Math.min(this.#commandsMax, this.#backlog + commands);
    this.#backlog += commands - done;
    const size = getBatchSize(done, this.#time);
    const batchMs = this.#time.millis + size * this.#time.millisPerCommand;
    const p95Ms = 2 * batchMs + (this.#backlog / this.#commandsMax) * 1_000;
    return { batches: done / size, health: { queue: this.#backlog, p95Ms, busyPerSecond: 0 } };
  }
}
