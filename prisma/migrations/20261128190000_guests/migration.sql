-- Guests are stored at their first hold, and deleted when their tokens have expired and they own nothing.

ALTER TABLE "users" ADD COLUMN "prune_after" TIMESTAMPTZ(3) NOT NULL DEFAULT (CURRENT_TIMESTAMP + '30 days'::interval);

CREATE INDEX "users_guests_prune_after_idx" ON "users"("prune_after") WHERE "issuer" = 'sellout' AND "role" = 'BUYER';
