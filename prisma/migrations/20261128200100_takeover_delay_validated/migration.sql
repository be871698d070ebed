-- A migration of its own, because it reads the whole table: its lock blocks neither reads nor writes, but would otherwise
-- join the one that does.

ALTER TABLE "bookings" VALIDATE CONSTRAINT "bookings_takeover_delay_in_range";
