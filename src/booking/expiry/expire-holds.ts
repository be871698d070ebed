import type { ExpiryContext } from './expire-batch.ts';
import { HoldSweeper } from './hold-sweeper.ts';

/** Sweeps what is overdue now, once, and returns how many holds were written down. */
export async function expireHolds(ctx: ExpiryContext): Promise<number> {
  const sweeper = new HoldSweeper(ctx);
  await sweeper.look();
  await sweeper.idle();
  return sweeper.expired;
}
