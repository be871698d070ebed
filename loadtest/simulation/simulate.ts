import type { Half } from './bots/variants.ts';
import { runSale } from './run-sale.ts';
import { createProductGuard, noGuard } from './sale/guard.ts';
import { score, type Score } from './score.ts';

interface Simulation {
  readonly half: Half;
  readonly sales: number;
  /** Buyers who come to each sale. */
  readonly buyers: number;
  readonly seed: number;
  /** Factor of the shares of buyers who click frantically, change their mind, or do not pay. */
  readonly unrest: number;
  /** Whether the seats of expired holds come free after a random delay. */
  readonly takeoverDelay: boolean;
}

/** Plays every sale twice: with the rules against probing, and without them. */
export function simulate(
  { sales, ...setup }: Simulation,
  print: (line: string) => void = () => undefined,
): { readonly withRules: Score; readonly withoutRules: Score } {
  const guarded = [];
  const unguarded = [];
  for (let number = 0; number < sales; number++) {
    guarded.push(runSale({ ...setup, number }, createProductGuard()));
    unguarded.push(runSale({ ...setup, number }, noGuard));
    if ((number + 1) % 12 === 0) print(`${number + 1} of ${sales} sales`);
  }
  return { withRules: score(guarded), withoutRules: score(unguarded) };
}
