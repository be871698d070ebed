-- Indexes for what organizers read: their venues and events, and the bookings of an event by status.

CREATE INDEX "venues_organizer_id_id_idx" ON "venues"("organizer_id", "id");

-- Serves the foreign key as well.
CREATE INDEX "events_organizer_id_starts_at_id_idx" ON "events"("organizer_id", "starts_at", "id");
DROP INDEX "events_organizer_id_idx";

-- By hand. Both are partial, so that neither can serve a look-up by key, and neither is written when seats are held.

CREATE INDEX "bookings_confirmed_idx" ON "bookings"("event_id", "id") WHERE "status" = 'CONFIRMED';

CREATE INDEX "bookings_ended_idx" ON "bookings"("event_id", "status", "id")
  WHERE "status" IN ('EXPIRED', 'RELEASED', 'CANCELED');
