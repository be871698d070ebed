-- Which batch made each version. After lost commits a version number can come again; a batch id never does.

ALTER TABLE "events"
  ADD COLUMN "batch_id" UUID NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN "previous_batch_id" UUID;

ALTER TABLE "event_changes" ADD COLUMN "previous_batch_id" UUID;

-- By hand:

UPDATE "events" e SET "batch_id" = c."batch_id" FROM "event_changes" c
  WHERE c."event_id" = e."id" AND c."version" = e."seat_version";

-- A record whose predecessor is gone continues a batch that nobody knows: readers then read the whole map.
UPDATE "event_changes" c SET "previous_batch_id" = coalesce(
  (SELECT p."batch_id" FROM "event_changes" p WHERE p."event_id" = c."event_id" AND p."version" = c."version" - 1),
  gen_random_uuid());

ALTER TABLE "event_changes" ALTER COLUMN "previous_batch_id" SET NOT NULL;
