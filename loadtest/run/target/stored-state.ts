import { once } from 'node:events';
import { audit, auditLimits, type AuditReport } from '../../../src/booking/audit/audit.ts';
import { createWatermarks } from '../../../src/messaging/publisher.ts';
import { connectDatabase, sql, type Database } from '../../../src/platform/database/db.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { createLiveMapReports } from '../../../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import { waitUntil } from '../../../scripts/local/processes.ts';
import type { FinalMap } from './target.ts';

/** Longest hold of a loaded event plus the time until the worker records its end. */
const SETTLED_WITHIN_MS = 60_000;
const REDIS_READY_WITHIN_MS = 3_000;

/** Reads what a run has left in PostgreSQL and Redis. */
export class StoredState implements AsyncDisposable {
  readonly #database: Database;
  readonly #redis: Redis | null;
  readonly #logger = createLogger('silent');
  readonly #historyDays = 30;

  constructor(databaseUrl: string, redisUrl: string | undefined) {
    this.#database = connectDatabase(databaseUrl, this.#logger);
    this.#redis = redisUrl === undefined ? null : connectRedis(redisUrl, 'sellout-loadtest', this.#logger);
  }

  get db() {
    // Audits and new halls may take longer than the deadline of other reads.
    return this.#database.worker;
  }

  /** Waits until no hold of the event is `active`, or none is `overdue`. */
  async settle(eventId: number, until: 'active' | 'overdue'): Promise<void> {
    const countHolds = async () => {
      const [row] = await this.db.$queryRaw<
        { count: number }[]
      >(sql`SELECT count(*)::int AS count FROM bookings
        WHERE event_id = ${eventId} AND status = 'HOLD'
          AND (${until === 'active'} OR hold_expires_at <= clock_timestamp())`);
      return row?.count ?? 0;
    };
    const isSettled = await waitUntil(async () => (await countHolds()) === 0, SETTLED_WITHIN_MS);
    if (!isSettled) throw new Error(`${await countHolds()} holds have not ended. Is the worker running?`);
  }

  async readMap(eventId: number): Promise<FinalMap> {
    const map = await readSeatMap(this.db, eventId);
    if (map === null) throw new Error(`event ${eventId} is gone`);
    return { version: map.version, states: map.states.encode() };
  }

  async countBookings(eventId: number): Promise<number> {
    const [row] = await this.db.$queryRaw<{ count: number }[]>(sql`SELECT count(*)::int AS count FROM bookings
      WHERE event_id = ${eventId}`);
    return row?.count ?? 0;
  }

  /** Uses PostgreSQL's commit timestamps if they are on, else the time that the batch recorded before its COMMIT. */
  async readCommitTimes(eventId: number): Promise<ReadonlyMap<number, number>> {
    const [setting] = await this.db.$queryRaw<{ tracked: boolean }[]>(sql`
      SELECT current_setting('track_commit_timestamp') = 'on' AS tracked`);
    const rows = await this.db.$queryRaw<{ version: number; ms: number }[]>(
      setting?.tracked === true
        ? sql`SELECT version, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS ms
            FROM event_changes WHERE event_id = ${eventId}`
        : sql`SELECT version, (extract(epoch FROM committed_at) * 1000)::float8 AS ms
            FROM event_changes WHERE event_id = ${eventId}`,
    );
    return new Map(rows.map(({ version, ms }) => [version, ms]));
  }

  async audit(): Promise<AuditReport> {
    const redis = this.#redis;
    if (redis !== null && redis.status !== 'ready')
      await once(redis, 'ready', { signal: AbortSignal.timeout(REDIS_READY_WITHIN_MS) });
    return audit({
      db: this.db,
      watermarks: redis === null ? null : createWatermarks(redis),
      cachedMaps: redis === null ? null : new SeatMapCache(redis, this.#logger),
      liveMaps: redis === null ? null : createLiveMapReports(redis),
      swept: true,
      limits: { ...auditLimits, historyDays: this.#historyDays },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis?.disconnect();
    await this.#database.close();
  }
}
