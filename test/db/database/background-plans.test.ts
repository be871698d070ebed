import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, auditLimits } from '../../../src/booking/audit/audit.ts';
import { printReport } from '../../../src/booking/audit/print-report.ts';
import { expireHolds } from '../../../src/booking/expiry/hold-sweeper.ts';
import { PRUNE_BATCH_MAX, pruneHistory } from '../../../src/booking/operations/prune-history.ts';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { createWatermarks } from '../../../src/messaging/publisher.ts';
import { createLiveMapReports } from '../../../src/seating/live/live-map-reports.ts';
import { SeatMapCache } from '../../../src/seating/map/seat-map-cache.ts';
import {
  isRecorded,
  readChanges,
  readMergedChanges,
  readPublicVersion,
  readSeatMap,
  readVersions,
} from '../../../src/seating/map/seat-map.sql.ts';
import { republishAll, republishRecent } from '../../../src/workers/republish.ts';
import { silent, unannounced } from '../../support/booking.ts';
import { eventually } from '../../support/eventually.ts';
import { createHall } from '../../support/hall.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { startExplainingPostgres, type Executed } from './background-plans.fixture.ts';
import {
  getBatchId,
  HOLDS,
  makeHistory,
  makeOtherEvents,
  OVERDUE,
  RECENT,
  VERSIONS,
} from './large-history.fixture.ts';

/** After five executions PostgreSQL caches a generic plan; here it does so while the tables are empty. */
const EXECUTIONS = 7;
/**
 * Maximum number of rows that one node of a plan may process: whole tables a few times, or one batch. A nested loop over
 * the holds would process 625,000,000.
 */
const WHOLE_ROWS_MAX = 4 * HOLDS;
const BATCH_ROWS_MAX = 2 * PRUNE_BATCH_MAX;
/** A multiple of the seats that changed in three versions. */
const POLL_ROWS_MAX = 500;
const readsAll = /^audit: |^readSeatMaps$/;

/** The third value: what is analyzed when the tables are large. Seats exist before a sale starts; bookings do not. */
describe.each([
  ['have never been analyzed', [], []],
  ['were analyzed while they were empty', ['ANALYZE'], ['ANALYZE event_seats']],
])('background statements on tables that %s', (_, statistics, laterStatistics) => {
  let postgres: Awaited<ReturnType<typeof startExplainingPostgres>>;
  let server: TestRedis;
  let redis: Redis;
  let database: Database;
  let eventId: number;

  beforeAll(async () => {
    [postgres, server] = await Promise.all([startExplainingPostgres(), startTestRedis()]);
    // One connection per pool, so that statements prepared on empty tables are executed on large ones.
    database = connectDatabase(postgres.url, silent, { batches: 1, reads: 1, worker: 1 });
    redis = connectRedis(server.url, 'test', silent);
    await eventually('Redis is connected', () => redis.status === 'ready');
    const first = await createHall(database.worker, { rows: 1, seatsPerRow: 4 });
    for (const statement of statistics) await database.worker.$executeRawUnsafe(statement);
    for (let i = 0; i < EXECUTIONS; i++)
      for (const work of [() => poll(first.eventId), republish, sweep, prune, auditAll]) await work();
    // New sessions do not explain, because the following statements are too many.
    await database.worker.$executeRawUnsafe('ALTER ROLE CURRENT_USER SET auto_explain.log_min_duration = -1');
    eventId = await makeHistory(postgres.url);
    for (const statement of laterStatistics) await database.worker.$executeRawUnsafe(statement);
    await createWatermarks(redis).raise(eventId, VERSIONS);
  });
  afterAll(async () => {
    redis.disconnect();
    await database.close();
    await Promise.all([postgres[Symbol.asyncDispose](), server.stop()]);
  });

  /** Runs the statements with which a node polls for its live maps. */
  async function poll(of: number): Promise<void> {
    const db = database.reads;
    const found = (await readVersions(db, [of])).get(of);
    if (found === undefined) throw new Error('there is no such event');
    const { version } = found;
    const from = Math.max(0, version - 3);
    await readPublicVersion(db, of);
    await isRecorded(db, of, found);
    await readChanges(db, of, from, 1_000, 5_000);
    await readMergedChanges(db, of, from, version, { steps: 120_000, seats: 2_000 });
    await readSeatMap(db, of);
  }

  async function republish(): Promise<void> {
    const watermarks = createWatermarks(redis);
    const ctx = { ...unannounced, db: database.worker, watermarks };
    await republishRecent(ctx);
    await republishAll(ctx);
  }

  function sweep(): Promise<number> {
    const { batches: db } = database;
    return expireHolds({ ...unannounced, db, defaultHoldTtlMs: 300_000 });
  }

  const prune = () => pruneHistory(database.worker, 30);

  async function auditAll(): Promise<string> {
    const report = await audit({
      db: database.worker,
      watermarks: createWatermarks(redis),
      cachedMaps: new SeatMapCache(redis, silent),
      liveMaps: createLiveMapReports(redis),
      swept: true,
      limits: { ...auditLimits, historyDays: 30 },
    });
    return printReport(report);
  }

  /** Returns the names of the executed statements. Fails if a plan processed too many rows. */
  async function expectFew(work: () => Promise<unknown>): Promise<readonly string[]> {
    const executed = await postgres.executedBy(work);
    const tooMany = ({ name, rows }: Executed) =>
      rows > (readsAll.test(name) ? WHOLE_ROWS_MAX : BATCH_ROWS_MAX);
    expect(executed.filter(tooMany)).toEqual([]);
    return [...new Set(executed.map(({ name }) => name))];
  }

  it('audit every table a few times', async () => {
    await redis.sadd('{nodes}:maps', 'a');
    const maps = [
      { eventId, version: VERSIONS - 1, batchId: await getBatchId(database.reads, VERSIONS - 1), digest: '' },
    ];
    await redis.set('{nodes}:maps:a', JSON.stringify({ node: 'a', number: 1, maps }));
    const store = await readSeatMap(database.reads, eventId);
    if (store === null) throw new Error('there is no map');
    await new SeatMapCache(redis, silent).store(eventId, HOLDS, {
      ...store,
      states: store.states.encode(),
    });
    let report = '';
    const names = await expectFew(async () => (report = await auditAll()));
    expect(report).toContain('No breach found');
    expect(names).toEqual(
      expect.arrayContaining([
        'audit: breaches',
        'readSeatMaps',
        'audit: recordedVersions',
        'audit: quietEvents',
      ]),
    );
  });

  it('poll by key, among many events', async () => {
    await makeOtherEvents(postgres.url, eventId);
    const executed = await postgres.executedBy(() => poll(eventId));
    const tooMany = ({ name, rows }: Executed) => name !== 'readSeatMaps' && rows > POLL_ROWS_MAX;
    expect(executed.filter(tooMany)).toEqual([]);
    expect(executed.map(({ name }) => name)).toEqual([
      'readVersions',
      'readPublicVersion',
      'isRecorded',
      'readChanges',
      'readMergedChanges',
      'readSeatMaps',
    ]);
  });

  it('find what was not published among the recent records', async () => {
    const executed = await postgres.executedBy(republish);
    const recent = executed.find(({ name }) => name === 'readRecentVersions');
    expect(recent?.rows).toBeLessThanOrEqual(RECENT);
    expect(executed.filter(({ rows }) => rows > BATCH_ROWS_MAX)).toEqual([]);
  });

  it('sweep holds by key', async () => {
    await database.reads.$executeRawUnsafe(`UPDATE bookings SET created_at = created_at - interval '2 hours',
      hold_expires_at = hold_expires_at - interval '2 hours'
      WHERE id IN (SELECT id FROM bookings WHERE status = 'HOLD' AND event_id = ${eventId} LIMIT ${OVERDUE})`);
    let swept = 0;
    await expectFew(async () => (swept = await sweep()));
    expect(swept).toBe(OVERDUE);
  });

  it('prune one batch at a time', async () => {
    await database.reads.$executeRawUnsafe(
      `UPDATE event_changes SET committed_at = committed_at - interval '40 days' WHERE event_id = ${eventId}`,
    );
    await database.reads.$executeRawUnsafe(
      `UPDATE idempotency_keys SET created_at = created_at - interval '40 days', prune_after = prune_after - interval '40 days'`,
    );
    let rounds = 0;
    await expectFew(async () => {
      do rounds++;
      while (await prune());
    });
    expect(rounds).toBe(HOLDS / PRUNE_BATCH_MAX + 1);
    expect(await database.reads.idempotencyKey.count()).toBe(HOLDS - OVERDUE);
  });
});
