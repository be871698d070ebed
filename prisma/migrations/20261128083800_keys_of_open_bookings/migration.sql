-- When an idempotency key may be deleted at the earliest. A key whose booking is open by then is kept, and put off.

ALTER TABLE "idempotency_keys"
  ADD COLUMN "prune_after" TIMESTAMPTZ(3) NOT NULL DEFAULT (CURRENT_TIMESTAMP + '2 days'::interval);

-- By hand:

UPDATE "idempotency_keys" SET "prune_after" = "created_at" + interval '2 days';

-- The sweep of keys reads this column instead.
DROP INDEX "idempotency_keys_created_at_idx";

CREATE INDEX "idempotency_keys_prune_after_idx" ON "idempotency_keys"("prune_after");
