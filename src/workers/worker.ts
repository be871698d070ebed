import type { Logger } from '../platform/observability/logger.ts';
import { pause } from '../platform/pause.ts';

export interface Task {
  readonly name: string;
  /** From the end of one run to the start of the next. */
  readonly everyMs: number;
  /** Default 0: the first run comes at once. */
  readonly startsAfterMs?: number;
  /** True: there is more to do, run again at once. A long run ends itself, by throwing, when the signal says so. */
  run(signal: AbortSignal): Promise<boolean>;
  /** Called once no run is under way any more: resolves when nothing of the task is. */
  stop?(): Promise<void>;
}

/**
 * Runs tasks over and over until stopped. A run that fails is logged, and the next one comes at its time: no failure
 * ends the worker.
 */
export function runTasks(tasks: readonly Task[], logger: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loops = tasks.map((task) => loop(task, logger, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await Promise.all(tasks.map(async (task) => task.stop?.()));
    },
  };
}

async function loop(task: Task, logger: Logger, signal: AbortSignal): Promise<void> {
  if (task.startsAfterMs !== undefined) await pause(task.startsAfterMs, signal);
  while (!signal.aborted) {
    const more = await runOnce(task, logger, signal);
    if (!more) await pause(task.everyMs, signal);
  }
}

async function runOnce(task: Task, logger: Logger, signal: AbortSignal): Promise<boolean> {
  try {
    return await task.run(signal);
  } catch (error) {
    if (!signal.aborted) logger.error({ err: error, task: task.name }, 'task failed');
    return false;
  }
}
