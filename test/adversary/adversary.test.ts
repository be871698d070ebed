import { expect, it } from 'vitest';
import { Adversary } from './adversary.ts';
import { reportOf } from './report.ts';

const FIXED_SEED = 20_261_122;
const SECONDS = 8;
/** For starting the services, the kept cases, the attacks, and shrinking what fails. */
const DEADLINE_MS = 300_000;

it(
  'what hostile clients send neither stops nor stalls nor fills the server (a fixed seed)',
  { timeout: DEADLINE_MS },
  async () => {
    // Longer, and with other seeds: npm run adversary -- --minutes N
    const result = await Adversary.run({
      seed: FIXED_SEED,
      seconds: SECONDS,
      report: (line) => console.info(line),
      shrink: { attempts: 40, seconds: 20 },
    });
    console.info(reportOf(result));
    expect(result.findings).toEqual([]);
    expect(result.honest.held).toBeGreaterThan(0);
  },
);
