import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';
import { reportOf } from './report.ts';

const DEADLINE_MS = 300_000;
/** What caches of a process may still grow by after a quarter of the time; a leak of each frame would be several times it. */
const GROWTH_BYTES_MAX = 16 * 1024 * 1024;

it(
  'every page shows the right map in the end, and was told no step out of order, whatever breaks meanwhile',
  { timeout: DEADLINE_MS },
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000_000) + 1;
    const result = await runChaos({ seed, seconds: 60, pages: 200 });
    // Replayable: npm run chaos -- --seed N
    console.info(`seed ${seed}\n${reportOf(result)}`);
    expect(result.breaches).toEqual([]);
    expect(result.version).toBeGreaterThan(500);
    expect([...result.faults.keys()].toSorted()).toEqual([
      'API killed',
      'Redis flushed',
      'Redis killed and started again',
      'connections lost',
      'pub/sub connections killed',
      'publishing delayed',
      'sockets paused',
    ]);
    const [warm = 0, ...later] = result.memory.map(({ heapUsed, external }) => heapUsed + external);
    expect(later.at(-1)).toBeLessThan(warm + GROWTH_BYTES_MAX);
  },
);
