-- Idempotency keys of organizers: a retry of createEvent returns the event that the first call created.

CREATE TABLE "organizer_keys" (
    "organizer_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "event_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizer_keys_pkey" PRIMARY KEY ("organizer_id","operation","key_hash")
);

CREATE UNIQUE INDEX "organizer_keys_event_id_key" ON "organizer_keys"("event_id");

ALTER TABLE "organizer_keys" ADD CONSTRAINT "organizer_keys_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
