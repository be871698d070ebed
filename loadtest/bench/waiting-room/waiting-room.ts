import type { BenchContext } from '../context.ts';
import { runJoins } from './joins.ts';
import { runWaiters } from './waiters.ts';

export async function runWaitingRoom(ctx: BenchContext): Promise<string> {
  const joins = await runJoins(ctx);
  const waiters = await runWaiters(ctx);
  return `${joins}\n\n${waiters}`;
}
