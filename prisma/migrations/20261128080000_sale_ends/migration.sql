-- When sales end and until when buyers may cancel. For events that exist, both are the event's start.

ALTER TABLE "events"
  ADD COLUMN "sale_ends_at" TIMESTAMPTZ(3),
  ADD COLUMN "cancelable_until" TIMESTAMPTZ(3);

UPDATE "events" SET "sale_ends_at" = "starts_at", "cancelable_until" = "starts_at";

ALTER TABLE "events"
  ALTER COLUMN "sale_ends_at" SET NOT NULL,
  ALTER COLUMN "cancelable_until" SET NOT NULL;

-- By hand:

ALTER TABLE "events"
  ADD CONSTRAINT "events_sale_ends_in_time" CHECK ("sale_ends_at" <= "starts_at"),
  ADD CONSTRAINT "events_cancelable_in_time" CHECK ("cancelable_until" <= "starts_at");
