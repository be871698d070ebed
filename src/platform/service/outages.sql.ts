import { sql, type PrismaClient, type Sql, type Tx } from '../database/db.ts';
import type { Outage, RecordedOutages } from './outages.ts';

/** Outages that ended longer ago than any hold lives. Their rows stay for the audit. */
const RELEVANT_DAYS = 7;

/** An outage as `outagesReading` selects it: `[start, end, credited until]`, times in ms. */
export type OutageRow = readonly [number, number | null, number];

/** Selects the outages that may concern a hold, in the order of their start. */
// guard: relevant-outages
export const outagesReading = sql`(SELECT json_agg(json_build_array(extract(epoch FROM started_at) * 1000, extract(epoch FROM ended_at) * 1000,
    extract(epoch FROM credited_until) * 1000) ORDER BY started_at)
  FROM outages WHERE tstzrange(started_at, ended_at) && tstzrange(statement_timestamp() - make_interval(days => ${RELEVANT_DAYS}::int), NULL))`;

/** Reads the outages that may concern a hold. */
export async function readOutages(tx: Tx): Promise<Outage[]> {
  const [row] = await tx.$queryRaw<[{ outages: OutageRow[] | null }]>(
    sql`/* readOutages */ SELECT ${outagesReading} AS outages`,
  );
  return parseOutages(row.outages);
}

/** The columns of `RecordedOutages`. The row of the service is missing if somebody deleted it. */
export const recordedReading = sql`${outagesReading} AS outages,
  (SELECT (extract(epoch FROM probed_at) * 1000)::float8 FROM service_state WHERE id = 1) AS probed_at_ms`;

export interface RecordedRow {
  readonly outages: OutageRow[] | null;
  readonly probed_at_ms: number | null;
}

export function parseRecorded({ outages, probed_at_ms }: RecordedRow): RecordedOutages {
  return { outages: parseOutages(outages), probedAtMs: probed_at_ms ?? -Infinity };
}

export function parseOutages(rows: readonly OutageRow[] | null): Outage[] {
  return (rows ?? []).map(([startedAtMs, endedAtMs, creditedUntilMs]) => ({
    startedAtMs,
    endedAtMs,
    creditedUntilMs,
  }));
}

/**
 * The deadline of a hold as SQL: `getDeadlineMs` of outages.ts. Time that a row lost in earlier outages decides whether it
 * was still a hold when the next one began. Compare the stored deadline first: this one is never earlier.
 *
 * @param hold a row of bookings with `created_at` and `hold_expires_at`.
 * @param outages the outages to count; all by default.
 */
export function holdDeadline(hold: Sql, outages: Sql = sql`outages`): Sql {
  // guard: outage-deadline-sql
  return sql`(${hold}.hold_expires_at + coalesce((
    SELECT sum(lost) FILTER (WHERE started_at < ${hold}.hold_expires_at + earlier * interval '1 s') FROM (
      SELECT started_at, lost,
        coalesce(sum(lost) OVER (ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS earlier
      FROM (SELECT started_at, greatest(0, extract(epoch FROM least(coalesce(ended_at, clock_timestamp()), credited_until)
              - greatest(started_at, ${hold}.created_at)))::float8 AS lost FROM ${outages} AS o) AS lost_times) AS ordered), 0) * interval '1 s')`;
}

/**
 * Records that writes have not worked for some time, and merges it with the outages that it meets, so that processes that
 * recover together record one. The caller has made a probe in the same transaction, which locks the row of the service.
 *
 * @param isOver false: it lasts.
 */
export async function recordOutage(
  tx: Tx,
  { sinceMs, creditMsMax, isOver }: { sinceMs: number; creditMsMax: number; isOver: boolean },
): Promise<RecordedOutages> {
  // guard: outages-merged
  const [met] = await tx.$queryRaw<[{ now: Date; started_at: Date | null; credited_until: Date | null }]>(
    sql`/* takeOutages */
    WITH clock AS MATERIALIZED (SELECT clock_timestamp()::timestamptz(3) AS now), met AS (
      DELETE FROM outages USING clock
      WHERE tstzrange(started_at, ended_at, '[]') && tstzrange(now - ${sinceMs}::float8 * interval '1 ms', now, '[]')
      RETURNING started_at, credited_until)
    SELECT now, (SELECT min(started_at) FROM met) AS started_at, (SELECT max(credited_until) FROM met) AS credited_until FROM clock`,
  );
  const now = met.now.getTime();
  const startedAtMs = Math.min(Math.floor(now - sinceMs), met.started_at?.getTime() ?? Infinity);
  const creditedUntilMs = Math.max(startedAtMs + creditMsMax, met.credited_until?.getTime() ?? 0);
  await tx.$executeRaw(sql`/* insertOutage */
    INSERT INTO outages (started_at, ended_at, credited_until)
    VALUES (${new Date(startedAtMs)}, ${isOver ? new Date(Math.max(now, startedAtMs + 1)) : null}::timestamptz, ${new Date(creditedUntilMs)})`);
  const [row] = await tx.$queryRaw<[RecordedRow]>(sql`/* readRecorded */ SELECT ${recordedReading}`);
  return parseRecorded(row);
}

/** Condition that an outage lasts although no process has made a probe for ten seconds: all that knew of it have ended. */
export const hasAbandonedOutage = sql`(EXISTS (SELECT FROM outages WHERE ended_at IS NULL)
  AND EXISTS (SELECT FROM service_state WHERE id = 1 AND probed_at < clock_timestamp() - interval '10 seconds'))`;

/**
 * Ends an outage whose processes have ended before they could: no probe has been made for ten seconds, and the caller's
 * writes work.
 */
export async function endAbandonedOutage(db: PrismaClient): Promise<boolean> {
  const count = await db.$executeRaw(sql`/* endAbandonedOutage */
    UPDATE outages SET ended_at = clock_timestamp()
    WHERE ended_at IS NULL AND ${hasAbandonedOutage}`);
  return count > 0;
}
