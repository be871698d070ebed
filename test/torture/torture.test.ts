import { expect, it } from 'vitest';
import { runTorture } from './torture.ts';

const FIXED_SEED = 20_261_122;
/** Covers starting three processes and two servers, the round, and waiting for quiet. */
const DEADLINE_MS = 300_000;

const options = {
  clients: 24,
  // To repeat a run: npm run torture -- --seed N
  report: (line: string) => console.info(line),
};

it(
  'many clients on two nodes leave one legal history (fixed seed, no faults)',
  { timeout: DEADLINE_MS },
  async () => {
    const { tally, breaches } = await runTorture({
      ...options,
      seed: FIXED_SEED,
      seconds: 6,
      roundSeconds: 6,
      faults: false,
    });
    expect(breaches).toEqual([]);
    expect(tally.bookings).toBeGreaterThan(20);
  },
);

it(
  'many clients leave one legal history while processes, connections and servers fail (new seed)',
  { timeout: DEADLINE_MS },
  async () => {
    const seed = Math.floor(Math.random() * 1_000_000_000) + 1;
    const { tally, faults, breaches } = await runTorture({
      ...options,
      seed,
      seconds: 12,
      roundSeconds: 12,
      faults: true,
    });
    expect(breaches).toEqual([]);
    expect(tally.bookings).toBeGreaterThan(5);
    expect(faults.size).toBeGreaterThan(2);
  },
);
