import { sql, type PrismaClient } from '../../platform/database/db.ts';

/** The holds to release: those that match every part that is not null. */
export interface ReleaseHoldsRule {
  readonly eventId: number;
  readonly buyerId: string | null;
  readonly heldBefore: Date | null;
  readonly section: string | null;
}

interface FoundHold {
  readonly bookingId: string;
  readonly buyerId: string;
}

/** Returns holds of an event that match a rule, oldest first. */
export async function findHolds(
  db: PrismaClient,
  rule: ReleaseHoldsRule,
  limit: number,
): Promise<FoundHold[]> {
  const { eventId, buyerId, heldBefore, section } = rule;
  return db.$queryRaw<FoundHold[]>(sql`/* findHolds */
    SELECT b.id::text AS "bookingId", b.buyer_id::text AS "buyerId" FROM bookings b
    WHERE b.event_id = ${eventId} AND b.status = 'HOLD'
      AND (${buyerId}::uuid IS NULL OR b.buyer_id = ${buyerId}::uuid)
      AND (${heldBefore}::timestamptz IS NULL OR b.created_at < ${heldBefore}::timestamptz)
      AND (${section}::text IS NULL OR EXISTS (
        SELECT FROM event_seats s JOIN venue_seats v ON v.venue_id = s.venue_id AND v.seat_index = s.seat_index
        WHERE s.event_id = b.event_id AND s.current_booking_id = b.id AND v.section = ${section}))
    ORDER BY b.id LIMIT ${limit}`);
}
