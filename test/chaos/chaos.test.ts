import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';
import { formatReport } from './report.ts';

const DEADLINE_MS = 300_000;

it(
  'every page shows the correct map in the end and received no change out of order, whatever failed',
  { timeout: DEADLINE_MS },
  async () => {
    // Short. For the full length: npm run chaos
    const seed = Math.floor(Math.random() * 1_000_000_000) + 1;
    const result = await runChaos({ seed, seconds: 30, pages: 200 });
    // To repeat a run: npm run chaos -- --seed N
    console.info(`seed ${seed}\n${formatReport(result)}`);
    expect(result.breaches).toEqual([]);
  },
);
