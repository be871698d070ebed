import { expireHolds } from '../booking/expire-holds.ts';
import { pruneHistory } from '../booking/prune-history.ts';
import type { PrismaClient } from '../platform/db.ts';
import type { Logger } from '../platform/logger.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import type { Task } from './worker.ts';

export interface WorkerContext {
  readonly db: PrismaClient;
  readonly pubsub: PubSub;
  readonly logger: Logger;
  readonly defaultHoldTtlMs: number;
  readonly historyDays: number;
}

/** Often enough that buyers see a hold run out well within two seconds. */
const EXPIRE_EVERY_MS = 500;
const PRUNE_EVERY_MS = 60_000;

export function workerTasks(ctx: WorkerContext): Task[] {
  return [
    {
      name: 'expireHolds',
      everyMs: EXPIRE_EVERY_MS,
      async run() {
        const { expired, more } = await expireHolds(ctx);
        if (expired > 0) ctx.logger.info({ expired }, 'holds expired');
        return more;
      },
    },
    {
      name: 'pruneHistory',
      everyMs: PRUNE_EVERY_MS,
      run: () => pruneHistory(ctx.db, ctx.historyDays),
    },
  ];
}
