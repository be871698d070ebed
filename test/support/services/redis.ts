import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { type Redis, startRedis } from '../../../scripts/local/redis.ts';

export interface TestRedis extends AsyncDisposable {
  /** Stays the same over a restart. */
  url: string;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL), as a crash does. */
  kill(): Promise<void>;
  /** Stops it where it is (SIGSTOP): connections stay open, new ones too, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Starts it on the same port, empty, after ending it if it runs. */
  restart(): Promise<void>;
}

/** A Redis of its own, for a test file. It ends with the process of the test, whatever happens. */
export async function startTestRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(path.join(inject('scratchFolder'), 'services', 'redis-'));
  let current: Redis = await startRedis({ folder });
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
      current = await startRedis({ folder, port, password });
    },
    [Symbol.asyncDispose]: stop,
  };
}
