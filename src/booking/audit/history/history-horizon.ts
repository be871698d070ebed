import { sql } from '../../../platform/database/db.ts';
import type { AuditLimits } from '../invariant.ts';

/**
 * Returns the time from which the change record is complete. Workers prune older records, not strictly in the order of
 * their versions. The minute allows for clocks: a record's time is read before its version is assigned.
 */
export function historyHorizon({ historyDays }: AuditLimits) {
  return sql`(now() - make_interval(days => ${historyDays}::int) + interval '1 minute')`;
}
