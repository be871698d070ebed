import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';
import { reportOf } from './report.ts';

const DEADLINE_MS = 300_000;

it(
  'every page shows the right map in the end, and was told no step out of order, whatever breaks meanwhile',
  { timeout: DEADLINE_MS },
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000_000) + 1;
    const result = await runChaos({ seed, seconds: 60, pages: 200 });
    // Replayable: npm run chaos -- --seed N
    console.info(`seed ${seed}\n${reportOf(result)}`);
    expect(result.breaches).toEqual([]);
  },
);
