import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { type Redis, startRedis } from '../../../scripts/local/redis/redis.ts';

export interface TestRedis extends AsyncDisposable {
  /** The address survives a restart. */
  url: string;
  /** Stops it gracefully. */
  stop(): Promise<void>;
  /** Kills it (SIGKILL), like a crash. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): connections stay open, new ones are accepted, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it on the same port, and empty unless it is append-only. Stops it first if it runs. */
  restart(): Promise<void>;
}

/** Starts a separate Redis for a test file. It ends with the test process. */
export async function startTestRedis({ appendOnly = false } = {}): Promise<TestRedis> {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'redis-'));
  let current: Redis = await startRedis({ folder, appendOnly });
  const { port, password, url } = current;
  const stop = (): Promise<void> => current.stop();
  return {
    url,
    stop,
    kill: async () => {
      if (current.process.exitCode !== null || current.process.signalCode !== null) return;
      const ended = once(current.process, 'exit');
      current.process.kill('SIGKILL');
      await ended;
    },
    freeze: () => void current.process.kill('SIGSTOP'),
    thaw: () => void current.process.kill('SIGCONT'),
    restart: async () => {
      await stop();
      current = await startRedis({ folder, port, password, appendOnly });
    },
    [Symbol.asyncDispose]: stop,
  };
}
