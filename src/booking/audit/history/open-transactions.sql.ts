import { sql } from '../../../platform/database/db.ts';
import type { AuditLimits, BreachQuery } from '../invariant.ts';

/** I9: the server leaves no transaction open. Finds its sessions by application_name; ignores audits, which may take longer. */
export function openTransactions({ openTransactionMaxMs }: AuditLimits): BreachQuery {
  return sql`/* openTransactions */
    SELECT NULL::int, NULL::int, NULL::uuid, format('backend %s (%s) has had a transaction open since %s; state: %s; last query: %s',
      pid, application_name, xact_start, state, left(query, 100))
    FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'sellout%' AND pid <> pg_backend_pid()
      AND xact_start < clock_timestamp() - make_interval(secs => ${openTransactionMaxMs}::float8 / 1000)
      AND query NOT LIKE '/* audit%'`;
}
