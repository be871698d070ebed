-- Events can have the seats of an expired hold wait for a random time before others can take them. The columns have
-- constant defaults, so no row is rewritten. Holds of servers of the release before have no delay.

ALTER TABLE "events" ADD COLUMN "takeover_delay" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "bookings" ADD COLUMN "takeover_delay_ms" SMALLINT NOT NULL DEFAULT 0;

-- Checks only new rows, so the lock is brief. The next migration validates it.
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_takeover_delay_in_range"
  CHECK ("takeover_delay_ms" BETWEEN 0 AND 1200) NOT VALID;
