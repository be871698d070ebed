-- What an event allows beyond holding and confirming: extending a hold once, canceling, and no orphan seats.

CREATE TYPE "orphan_rule" AS ENUM ('ALLOW', 'FORBID');

ALTER TABLE "events"
  ADD COLUMN "hold_extension_ms" INTEGER,
  ADD COLUMN "hold_lifetime_max_ms" INTEGER,
  ADD COLUMN "orphan_rule" "orphan_rule" NOT NULL DEFAULT 'ALLOW',
  ADD COLUMN "buyers_may_cancel" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "bookings" ADD COLUMN "extended_at" TIMESTAMPTZ(3);

-- By hand:

ALTER TABLE "events"
  ADD CONSTRAINT "events_hold_extension_positive" CHECK ("hold_extension_ms" > 0),
  ADD CONSTRAINT "events_hold_lifetime_positive" CHECK ("hold_lifetime_max_ms" > 0);
