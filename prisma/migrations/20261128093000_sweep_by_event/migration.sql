-- The sweeper looks for overdue holds event by event, so that no event's holds can stand in front of another's.
CREATE INDEX "bookings_event_id_hold_expires_at_id_idx" ON "bookings"("event_id", "hold_expires_at", "id")
  WHERE "status" = 'HOLD';

DROP INDEX "bookings_hold_expires_at_idx";
