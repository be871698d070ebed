import { Cache } from '../../platform/cache.ts';
import { rawSql, sql, type Sql } from '../../platform/database/db.ts';

/*
 * With partitions, the rows of an event are in one leaf of each table. A statement that names the table plans, locks and
 * opens all leaves, and finds the right one when it runs; a statement that names the leaf is as cheap as without partitions.
 * A batch learns the leaves in its first statement, whose lock on the seats keeps them where they are until the batch ends:
 * `npm run partition` renames and detaches all tables together.
 */

/** Names of the tables that have an event's rows: the leaves of its partition, or the tables if they are not partitioned. */
export interface EventTables {
  readonly bookingSeats: Sql;
  readonly eventSeats: Sql;
  readonly bookings: Sql;
  readonly eventBuyers: Sql;
  readonly idempotencyKeys: Sql;
  readonly holdRequests: Sql;
  readonly eventChanges: Sql;
}

/** Selects the name of the table that has the seats of the event `e`. Null if the event has no seats. */
export const seatsTableReading = sql`(SELECT s.tableoid::regclass::text FROM event_seats s WHERE s.event_id = e.id AND s.seat_index = 0)`;

const known = new Cache<string, EventTables>({ entriesMax: 100 });

/** Returns the tables of an event by that of its seats. A table that is no leaf stands for the tables themselves. */
export function getEventTables(seatsTable: string | null): EventTables {
  // guard: batch-names-leaves
  const [, suffix = ''] = /^event_seats(_p\d+)$/.exec(seatsTable ?? '') ?? [];
  const found = known.get(suffix);
  if (found !== undefined) return found;
  const name = (table: string) => rawSql(`${table}${suffix}`);
  const tables: EventTables = {
    bookingSeats: name('booking_seats'),
    eventSeats: name('event_seats'),
    bookings: name('bookings'),
    eventBuyers: name('event_buyers'),
    idempotencyKeys: name('idempotency_keys'),
    holdRequests: name('hold_requests'),
    eventChanges: name('event_changes'),
  };
  known.set(suffix, tables);
  return tables;
}

/**
 * Returns the event's ID in a form that the planner cannot look up in its statistics. They do not have the ID of a new
 * event: for a constant the planner would expect no rows, and take any index.
 */
export function thisEvent(eventId: number): Sql {
  return sql`(SELECT ${eventId}::int)`;
}
