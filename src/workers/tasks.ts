import { auditLimits } from '../booking/audit/audit.ts';
import type { AnnounceContext } from '../booking/batch/announce.ts';
import { adoptEpoch } from '../booking/batch/epoch.ts';
import { HoldSweeper } from '../booking/expiry/hold-sweeper.ts';
import { pruneHistory } from '../booking/operations/prune-history.ts';
import type { GroupCommit } from '../booking/batch/group-commit.ts';
import {
  RequestConsumer,
  type ConsumerContext,
  type ConsumerLimits,
} from '../booking/requests/request-consumer.ts';
import type { RequestQueue } from '../booking/requests/request-queue.ts';
import { pruneGuests } from '../identity/prune-guests.ts';
import { pruneRevocations } from '../identity/revocations.sql.ts';
import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Writes } from '../platform/service/service-monitor.ts';
import type { Publisher, Watermarks } from '../messaging/publisher.ts';
import type { LiveMapReports } from '../seating/live/live-map-reports.ts';
import type { SeatMapCache } from '../seating/map/seat-map-cache.ts';
import type { RoomStore } from '../waiting-room/redis/room-store.ts';
import { runRooms } from '../waiting-room/run-rooms.ts';
import { auditAndReport } from './audit-task.ts';
import { republishAll, republishRecent } from './republish.ts';
import type { Task } from './worker.ts';

export interface WorkerContext {
  readonly db: PrismaClient;
  /** The connection pool of batches, as in the API. */
  readonly batches: PrismaClient;
  readonly publisher: Publisher;
  readonly watermarks: Watermarks;
  readonly seatMapCache: SeatMapCache;
  readonly rooms: RoomStore;
  readonly liveMaps: LiveMapReports;
  readonly requestQueue: RequestQueue;
  readonly groupCommit: GroupCommit;
  readonly writes: Writes;
  readonly requestLimits: Partial<ConsumerLimits>;
  readonly heldSeats: ConsumerContext['heldSeats'];
  readonly queuedHolds: NonNullable<ConsumerContext['queuedHolds']> | null;
  readonly endedHolds?: AnnounceContext['endedHolds'];
  readonly logger: Logger;
  /** Logs what happens to bookings. */
  readonly eventLogger: Logger;
  readonly defaultHoldTtlMs: number;
  readonly historyDays: number;
  readonly auditEveryMs: number;
}

/** While the queue is not empty, it is read again at once. */
const DECIDE_REQUESTS_EVERY_MS = 50;
/** Buyers see a hold expire within two seconds. */
const EXPIRE_EVERY_MS = 500;
/** Batches compare the timeline. This is for events without batches, and for a restore into another cluster. */
const ADOPT_EPOCH_EVERY_MS = 1_000;
const REPUBLISH_EVERY_MS = 500;
const REPUBLISH_ALL_EVERY_MS = 60_000;
/** By then Redis is connected and recent changes are published. */
const REPUBLISH_ALL_AFTER_MS = 3_000;
/** Numbers are called and rooms broadcast once a second. */
const ROOMS_EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 60_000;
/** Maximum fraction of the time that audits run, even if tables are so large that an audit takes long. */
const AUDIT_SHARE_MAX = 0.1;

export function createTasks(worker: WorkerContext): Task[] {
  const ctx = { ...worker, feeds: null };
  const sweeper = new HoldSweeper({ ...ctx, db: ctx.batches });
  const consumer = new RequestConsumer(worker, worker.requestLimits);
  const whileOn = (run: () => Promise<boolean>) => () =>
    worker.writes.areOn ? run() : Promise.resolve(false); // guard: tasks-pause-while-read-only
  return [
    {
      name: 'expireHolds',
      everyMs: EXPIRE_EVERY_MS,
      run: () => sweeper.scan().then(noMore),
      stop: () => sweeper.stop(),
    },
    {
      name: 'decideHoldRequests',
      everyMs: DECIDE_REQUESTS_EVERY_MS,
      // Requests stay in the queue until writes are on again.
      run: whileOn(() => consumer.scan().then(noMore)),
      stop: () => consumer.stop(),
    },
    {
      name: 'adoptEpoch',
      everyMs: ADOPT_EPOCH_EVERY_MS,
      run: () => adoptEpoch(ctx.batches, ctx.logger).then(noMore),
    },
    { name: 'republishRecent', everyMs: REPUBLISH_EVERY_MS, run: () => republishRecent(ctx).then(noMore) },
    {
      name: 'republishAll',
      everyMs: REPUBLISH_ALL_EVERY_MS,
      startsAfterMs: REPUBLISH_ALL_AFTER_MS,
      run: () => republishAll(ctx).then(noMore),
    },
    {
      name: 'runRooms',
      everyMs: ROOMS_EVERY_MS,
      run: whileOn(() => runRooms({ db: ctx.db, store: ctx.rooms, logger: ctx.logger }).then(noMore)),
    },
    {
      name: 'pruneHistory',
      everyMs: PRUNE_EVERY_MS,
      run: whileOn(() => pruneHistory(ctx.db, ctx.historyDays)),
    },
    { name: 'pruneGuests', everyMs: PRUNE_EVERY_MS, run: whileOn(() => pruneGuests(ctx.db)) },
    {
      name: 'pruneRevocations',
      everyMs: PRUNE_EVERY_MS,
      run: whileOn(() => pruneRevocations(ctx.db).then(noMore)),
    },
    createAuditTask(worker),
  ];
}

function createAuditTask(ctx: WorkerContext): Task {
  const {
    db,
    watermarks,
    seatMapCache: cachedMaps,
    liveMaps,
    writes,
    historyDays,
    auditEveryMs,
    logger,
  } = ctx;
  const limits = { ...auditLimits, historyDays };
  let tookMs = 0;
  return {
    name: 'audit',
    get everyMs() {
      return Math.max(auditEveryMs, tookMs * (1 / AUDIT_SHARE_MAX - 1));
    },
    startsAfterMs: auditEveryMs,
    async run(signal) {
      const swept = writes.areOn; // guard: unswept-while-read-only
      ({ tookMs } = await auditAndReport(
        { db, watermarks, cachedMaps, liveMaps, swept, limits, signal },
        logger,
      ));
      return false;
    },
  };
}

function noMore(): boolean {
  return false;
}
