import { sql } from '../../platform/database/db.ts';

/**
 * Returns the event's ID in a form that the planner cannot look up in its statistics. ANALYZE has not seen the ID of a new
 * event, so for a constant the planner would expect no rows, and any index would look as good as the primary key.
 */
export function thisEvent(eventId: number) {
  return sql`(SELECT ${eventId}::int)`;
}
