import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';

/** All tables that a batch writes, in an order that satisfies their references. */
const TABLES = [
  ['bookings', 'event_id'],
  ['event_seats', 'event_id'],
  ['booking_seats', 'event_id'],
  ['event_buyers', 'event_id'],
  ['idempotency_keys', 'event_id'],
  ['event_changes', 'event_id'],
  ['hold_requests', 'event_id'],
] as const;

export interface Backup {
  /** Restores the event, so that every later commit is lost, as after a failover to a lagging standby. */
  restore(): Promise<void>;
}

/** Copies one event, so that later commits can be lost. */
export async function backUp(db: PrismaClient, eventId: number): Promise<Backup> {
  const copy = (table: string) => `backup_${eventId}_${table}`;
  for (const [table, column] of [...TABLES, ['events', 'id']] as const)
    await db.$executeRawUnsafe(
      `CREATE TABLE ${copy(table)} AS SELECT * FROM ${table} WHERE ${column} = ${eventId}`,
    );
  return {
    restore: () =>
      db.$transaction(async (tx) => {
        await tx.$queryRaw(sql`SELECT set_config('session_replication_role', 'replica', true)`);
        for (const [table, column] of TABLES) {
          await tx.$executeRawUnsafe(`DELETE FROM ${table} WHERE ${column} = ${eventId}`);
          await tx.$executeRawUnsafe(`INSERT INTO ${table} SELECT * FROM ${copy(table)}`);
        }
        await tx.$executeRawUnsafe(
          `UPDATE events e SET seat_version = b.seat_version, batch_id = b.batch_id,
             previous_batch_id = b.previous_batch_id, seats_held = b.seats_held, seats_booked = b.seats_booked,
             seats_blocked = b.seats_blocked FROM ${copy('events')} b WHERE e.id = b.id`,
        );
      }),
  };
}
