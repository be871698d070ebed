import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = { first: 1_000, most: 10_000 };

export interface Service {
  process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts a service, and starts it again whenever it ends by itself, as an operator's supervisor would. `start` gets the
 * instance before, so that the new one can have its address.
 */
export async function keepRunning<S extends Service>(
  name: string,
  start: (previous?: S) => Promise<S>,
  report: (line: string) => void,
): Promise<S> {
  let current = await start();
  let stopping = false;

  const restart = async (): Promise<void> => {
    for (let waitMs = RETRY_MS.first; !stopping; waitMs = Math.min(waitMs * 2, RETRY_MS.most)) {
      await delay(waitMs);
      if (stopping) return;
      try {
        current = await start(current);
        watch();
        report(`${name} is running again`);
        return;
      } catch (error) {
        report(`${name} failed to start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };

  const watch = (): void => {
    current.process.once('exit', (code, signal) => {
      if (stopping) return;
      report(`${name} exited (${signal ?? `exit code ${code}`}); restarting it`);
      void restart();
    });
  };

  watch();
  return {
    ...current,
    stop: async () => {
      stopping = true;
      await current.stop();
    },
  };
}
