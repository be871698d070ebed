import { sql } from '../../platform/database/db.ts';

/**
 * The event's number, hidden from the planner's statistics. A new event is not among the values that ANALYZE saw, and
 * as a constant it would be taken for one that has no rows at all: any index then looks as good as the key.
 */
export function thisEvent(eventId: number) {
  return sql`(SELECT ${eventId}::int)`;
}
