-- Queued holds: the outcome of each request, and the mode of each event.

CREATE TYPE "booking_mode" AS ENUM ('DIRECT', 'QUEUED');

CREATE TYPE "hold_request_status" AS ENUM ('DONE', 'REFUSED', 'EXPIRED');

ALTER TABLE "events" ADD COLUMN "booking_mode" "booking_mode" NOT NULL DEFAULT 'DIRECT';

CREATE TABLE "hold_requests" (
    "event_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "buyer_id" UUID NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "status" "hold_request_status" NOT NULL,
    "booking_id" UUID,
    "refusal" JSONB,
    "settled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hold_requests_pkey" PRIMARY KEY ("event_id","id"),
    CONSTRAINT "hold_requests_outcome" CHECK (("booking_id" IS NOT NULL) = ("status" = 'DONE') AND ("refusal" IS NOT NULL) = ("status" = 'REFUSED'))
);

CREATE INDEX "hold_requests_settled_at_idx" ON "hold_requests"("settled_at");

ALTER TABLE "hold_requests" ADD CONSTRAINT "hold_requests_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
