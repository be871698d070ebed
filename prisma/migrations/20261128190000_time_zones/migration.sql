-- The time zone in which clients show the times of a venue's events. Venues from before have UTC.

ALTER TABLE "venues" ADD COLUMN "time_zone" TEXT NOT NULL DEFAULT 'UTC';
