import { sql, type Tx } from '../../platform/database/db.ts';
import type { AuditLimits, Breach, Finding, Invariant } from './invariant.ts';

export const BREACHES_SHOWN_MAX = 20;

/**
 * Prepares the transaction for an audit: read-only, with time and memory for whole tables, and with plans for them, which
 * the worker's sessions otherwise do not allow. Joins are hash joins only. For tables that were last analyzed while they
 * were small, the planner expects few rows: a nested loop over 25,000 holds took over 25 s, and a merge join that compared
 * each claim with each of 100,000 seats of its event took minutes. `transaction_timeout` accepts a new value only after it
 * was switched off.
 */
export async function prepareAudit(tx: Tx, deadlineMs: number): Promise<void> {
  // guard: audit-without-nested-loops
  await tx.$queryRaw(sql`/* audit: prepare */
    SELECT set_config('transaction_read_only', 'on', true), set_config('transaction_timeout', '0', true),
      set_config('transaction_timeout', ${String(deadlineMs)}, true), set_config('statement_timeout', ${String(deadlineMs)}, true),
      set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true), set_config('enable_mergejoin', 'off', true),
      set_config('enable_sort', 'on', true), set_config('enable_material', 'on', true), set_config('enable_nestloop', 'off', true),
      set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true)`);
}

interface Row {
  readonly event_id: number | null;
  readonly seat_index: number | null;
  readonly booking_id: string | null;
  readonly fault: string;
  readonly total: number;
}

export async function findBreaches(tx: Tx, invariant: Invariant, limits: AuditLimits): Promise<Finding> {
  const rows = await tx.$queryRaw<Row[]>(sql`/* audit: breaches */
    SELECT b.event_id, b.seat_index, b.booking_id::text, b.fault, (count(*) OVER ())::int AS total
    FROM (${invariant.query(limits)}) AS b(event_id, seat_index, booking_id, fault)
    ORDER BY b.event_id, b.seat_index, b.booking_id, b.fault LIMIT ${BREACHES_SHOWN_MAX}`);
  const { id, title } = invariant;
  return { id, title, count: rows[0]?.total ?? 0, breaches: rows.map(parseBreach), unchecked: null };
}

function parseBreach(row: Row): Breach {
  const { event_id: eventId, seat_index: seatIndex, booking_id: bookingId, fault } = row;
  return { eventId, seatIndex, bookingId, fault };
}
