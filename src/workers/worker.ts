import type { Logger } from '../platform/observability/logger.ts';
import { pause } from '../platform/pause.ts';
import { createRequestScope, runInRequest } from '../platform/request-scope.ts';

export interface Task {
  readonly name: string;
  /** Pause between the end of one run and the start of the next. */
  readonly everyMs: number;
  /** Delay of the first run. Default: 0. */
  readonly startsAfterMs?: number;
  /** Returns true if there is more to do, to run again at once. A long run throws when the signal is aborted. */
  run(signal: AbortSignal): Promise<boolean>;
  /** Called after the last run. Resolves when the task has no work in flight. */
  stop?(): Promise<void>;
}

/** Runs tasks at their intervals until stopped. A failed run is logged, and the next one starts as usual. */
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
    const more = await runInRequest(createRequestScope(), () => runOnce(task, logger, signal));
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
