import { sql } from '../../../platform/database/db.ts';
import type { AuditLimits } from '../invariant.ts';

/**
 * From here on the change record is whole. What is older is being pruned, by any number of workers and in no strict
 * order of versions. The minute is for clocks: a record's is read before its version is given.
 */
export function historyHorizon({ historyDays }: AuditLimits) {
  return sql`(now() - make_interval(days => ${historyDays}::int) + interval '1 minute')`;
}
