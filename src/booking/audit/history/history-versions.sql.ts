import { sql } from '../../../platform/database/db.ts';
import { historyHorizon } from './history-horizon.ts';
import { VERSION_JUMP } from '../../batch/epoch.ts';
import type { AuditLimits, BreachQuery } from '../invariant.ts';

/**
 * I8 for versions: none is missing, each continues the previous batch, the last one is the event's, and no batch is
 * recorded twice. The only exception is the jump to a new epoch, whose record has no steps.
 */
export function historyVersions(limits: AuditLimits): BreachQuery {
  const horizon = historyHorizon(limits);
  const jump = sql`${VERSION_JUMP}::int`;
  // guard: audit-marked-jump
  // guard: audit-repeated-batch
  // guard: audit-event-batch
  // guard: audit-batch-chain
  return sql`/* historyVersions */
    SELECT event_id, NULL::int, NULL::uuid, format('versions %s to %s have no record', prev + 1, version - 1)
    FROM (SELECT event_id, version, lag(version) OVER w AS prev, lag(committed_at) OVER w AS prev_at,
                 cardinality(step_seats) + cardinality(booking_ids) AS contents
          FROM event_changes WINDOW w AS (PARTITION BY event_id ORDER BY version)) AS c
    WHERE version <> prev + 1 AND NOT (version = prev + ${jump} AND contents = 0) AND prev_at >= ${horizon}
    UNION ALL
    SELECT event_id, NULL, NULL, format('version %s continues batch %s, but version %s was made by %s', version, previous_batch_id, prev, prev_batch)
    FROM (SELECT event_id, version, previous_batch_id, lag(version) OVER w AS prev, lag(batch_id) OVER w AS prev_batch
          FROM event_changes WINDOW w AS (PARTITION BY event_id ORDER BY version)) AS c
    WHERE version IN (prev + 1, prev + ${jump}) AND previous_batch_id <> prev_batch
    UNION ALL
    SELECT min(event_id), NULL, NULL, format('batch %s is recorded %s times', batch_id, count(*))
    FROM event_changes GROUP BY batch_id HAVING count(*) > 1
    UNION ALL
    SELECT e.id, NULL, NULL, format('the event''s last batch is %s, but %s made its version', e.batch_id, c.batch_id)
    FROM events e JOIN event_changes c ON c.event_id = e.id AND c.version = e.seat_version
    WHERE c.batch_id <> e.batch_id
    UNION ALL
    SELECT e.id, NULL, NULL, format('the first record is of version %s, not 1', first.version)
    FROM events e JOIN (SELECT event_id, min(version) AS version FROM event_changes GROUP BY event_id) AS first ON first.event_id = e.id
    WHERE e.created_at >= ${horizon} AND first.version <> 1 AND first.version <> ${jump}
    UNION ALL
    SELECT e.id, NULL, NULL, format('the event is at version %s, but its last record is of %s', e.seat_version, coalesce(last.version::text, 'none'))
    FROM events e LEFT JOIN (
      SELECT DISTINCT ON (event_id) event_id, version, committed_at FROM event_changes
      ORDER BY event_id, version DESC) AS last ON last.event_id = e.id
    WHERE last.version IS DISTINCT FROM e.seat_version AND (
      last.version > e.seat_version OR last.committed_at >= ${horizon}
      OR (last.version IS NULL AND e.seat_version <> 0 AND e.created_at >= ${horizon}))`;
}
