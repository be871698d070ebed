import { expect, it } from 'vitest';
import { Adversary } from './adversary.ts';
import { formatReport } from './report.ts';

const FIXED_SEED = 20_261_122;
const SECONDS = 8;
/** Covers starting the services, the stored cases, the attacks, and shrinking what fails. */
const DEADLINE_MS = 300_000;

it(
  'hostile input neither crashes, blocks nor bloats the server (fixed seed)',
  { timeout: DEADLINE_MS },
  async () => {
    // For longer runs with other seeds: npm run adversary -- --minutes N
    const result = await Adversary.run({
      seed: FIXED_SEED,
      seconds: SECONDS,
      report: (line) => console.info(line),
      shrink: { attempts: 40, seconds: 20 },
    });
    console.info(formatReport(result));
    expect(result.findings).toEqual([]);
    expect(result.honest.held).toBeGreaterThan(0);
  },
);
