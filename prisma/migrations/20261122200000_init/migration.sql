-- Written by `npm run db:migrate -- --print-datamodel`, up to the line "By hand".

-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('BUYER', 'ORGANIZER');

-- CreateEnum
CREATE TYPE "event_status" AS ENUM ('DRAFT', 'ON_SALE', 'PAUSED', 'ENDED', 'CANCELED');

-- CreateEnum
CREATE TYPE "seat_status" AS ENUM ('AVAILABLE', 'HELD', 'BOOKED', 'BLOCKED');

-- CreateEnum
CREATE TYPE "booking_status" AS ENUM ('HOLD', 'CONFIRMED', 'EXPIRED', 'RELEASED', 'CANCELED');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "role" "user_role" NOT NULL DEFAULT 'BUYER',
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "venues" (
    "id" SERIAL NOT NULL,
    "organizer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "seat_count" INTEGER NOT NULL,
    "plan_hash" TEXT NOT NULL,
    "width" DOUBLE PRECISION NOT NULL,
    "height" DOUBLE PRECISION NOT NULL,
    "categories" JSONB NOT NULL,
    "areas" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "venues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "venue_seats" (
    "venue_id" INTEGER NOT NULL,
    "seat_index" INTEGER NOT NULL,
    "guid" TEXT NOT NULL,
    "section" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "category" SMALLINT NOT NULL,
    "x" REAL NOT NULL,
    "y" REAL NOT NULL,

    CONSTRAINT "venue_seats_pkey" PRIMARY KEY ("venue_id","seat_index")
);

-- CreateTable
CREATE TABLE "events" (
    "id" SERIAL NOT NULL,
    "organizer_id" UUID NOT NULL,
    "venue_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "on_sale_at" TIMESTAMPTZ(3) NOT NULL,
    "status" "event_status" NOT NULL DEFAULT 'DRAFT',
    "currency" CHAR(3) NOT NULL,
    "seat_limit" INTEGER NOT NULL,
    "hold_ttl_ms" INTEGER,
    "seat_version" INTEGER NOT NULL DEFAULT 0,
    "seats_total" INTEGER NOT NULL,
    "seats_held" INTEGER NOT NULL DEFAULT 0,
    "seats_booked" INTEGER NOT NULL DEFAULT 0,
    "seats_blocked" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_tiers" (
    "event_id" INTEGER NOT NULL,
    "tier_index" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "color" TEXT,

    CONSTRAINT "price_tiers_pkey" PRIMARY KEY ("event_id","tier_index")
);

-- CreateTable
CREATE TABLE "event_seats" (
    "event_id" INTEGER NOT NULL,
    "seat_index" INTEGER NOT NULL,
    "venue_id" INTEGER NOT NULL,
    "tier_index" SMALLINT NOT NULL,
    "status" "seat_status" NOT NULL DEFAULT 'AVAILABLE',
    "current_booking_id" UUID,

    CONSTRAINT "event_seats_pkey" PRIMARY KEY ("event_id","seat_index")
);

-- CreateTable
CREATE TABLE "bookings" (
    "event_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "buyer_id" UUID NOT NULL,
    "status" "booking_status" NOT NULL,
    "seat_count" INTEGER NOT NULL,
    "total_amount" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "hold_expires_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "bookings_pkey" PRIMARY KEY ("event_id","id")
);

-- CreateTable
CREATE TABLE "booking_seats" (
    "event_id" INTEGER NOT NULL,
    "booking_id" UUID NOT NULL,
    "seat_index" INTEGER NOT NULL,
    "booking_status" "booking_status" NOT NULL,

    CONSTRAINT "booking_seats_pkey" PRIMARY KEY ("event_id","booking_id","seat_index")
);

-- CreateTable
CREATE TABLE "event_buyers" (
    "event_id" INTEGER NOT NULL,
    "buyer_id" UUID NOT NULL,

    CONSTRAINT "event_buyers_pkey" PRIMARY KEY ("event_id","buyer_id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "event_id" INTEGER NOT NULL,
    "buyer_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "booking_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("event_id","buyer_id","operation","key_hash")
);

-- CreateTable
CREATE TABLE "event_changes" (
    "event_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "batch_id" UUID NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "step_seats" INTEGER[],
    "step_from" "seat_status"[],
    "step_to" "seat_status"[],
    "step_bookings" UUID[],
    "booking_ids" UUID[],
    "booking_statuses" "booking_status"[],

    CONSTRAINT "event_changes_pkey" PRIMARY KEY ("event_id","version")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_issuer_subject_key" ON "users"("issuer", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "venues_organizer_id_plan_hash_key" ON "venues"("organizer_id", "plan_hash");

-- CreateIndex
CREATE INDEX "venue_seats_venue_id_section_seat_index_idx" ON "venue_seats"("venue_id", "section", "seat_index");

-- CreateIndex
CREATE INDEX "events_starts_at_id_idx" ON "events"("starts_at", "id");

-- CreateIndex
CREATE INDEX "events_status_starts_at_id_idx" ON "events"("status", "starts_at", "id");

-- CreateIndex
CREATE INDEX "events_organizer_id_idx" ON "events"("organizer_id");

-- CreateIndex
CREATE INDEX "event_seats_event_id_status_idx" ON "event_seats"("event_id", "status");

-- CreateIndex
CREATE INDEX "bookings_buyer_id_id_idx" ON "bookings"("buyer_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_event_id_id_status_key" ON "bookings"("event_id", "id", "status");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "event_changes_committed_at_idx" ON "event_changes"("committed_at");

-- AddForeignKey
ALTER TABLE "venues" ADD CONSTRAINT "venues_organizer_id_fkey" FOREIGN KEY ("organizer_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "venue_seats" ADD CONSTRAINT "venue_seats_venue_id_fkey" FOREIGN KEY ("venue_id") REFERENCES "venues"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_organizer_id_fkey" FOREIGN KEY ("organizer_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_venue_id_fkey" FOREIGN KEY ("venue_id") REFERENCES "venues"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "price_tiers" ADD CONSTRAINT "price_tiers_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_venue_id_seat_index_fkey" FOREIGN KEY ("venue_id", "seat_index") REFERENCES "venue_seats"("venue_id", "seat_index") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_event_id_tier_index_fkey" FOREIGN KEY ("event_id", "tier_index") REFERENCES "price_tiers"("event_id", "tier_index") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_event_id_current_booking_id_fkey" FOREIGN KEY ("event_id", "current_booking_id") REFERENCES "bookings"("event_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "booking_seats" ADD CONSTRAINT "booking_seats_event_id_booking_id_booking_status_fkey" FOREIGN KEY ("event_id", "booking_id", "booking_status") REFERENCES "bookings"("event_id", "id", "status") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "booking_seats" ADD CONSTRAINT "booking_seats_event_id_seat_index_fkey" FOREIGN KEY ("event_id", "seat_index") REFERENCES "event_seats"("event_id", "seat_index") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "event_changes" ADD CONSTRAINT "event_changes_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- By hand: what Prisma's schema language has no words for. Each is listed, with its reason, in prisma/sql-only.json.

-- No seat is claimed by two bookings in HOLD (overdue or not) or CONFIRMED. The status is the booking's own, copied by
-- the foreign key's ON UPDATE CASCADE, so that even code which wrongly revives an old booking fails here.
CREATE UNIQUE INDEX "booking_seats_one_claim" ON "booking_seats"("event_id", "seat_index")
  WHERE "booking_status" IN ('HOLD', 'CONFIRMED');

-- The sweeper reads holds by deadline; ended bookings are no part of it.
CREATE INDEX "bookings_hold_expires_at_idx" ON "bookings"("hold_expires_at") WHERE "status" = 'HOLD';

-- Open bookings by status, and what a buyer has at an event: every hold asks for the latter. Partial, because a full
-- index that starts with event_id could be taken for a look-up by key while the table's statistics are young.
CREATE INDEX "bookings_event_id_status_buyer_id_idx" ON "bookings"("event_id", "status", "buyer_id")
  WHERE "status" IN ('HOLD', 'CONFIRMED');

ALTER TABLE "event_seats" ADD CONSTRAINT "event_seats_booking_matches_status"
  CHECK (("status" IN ('HELD', 'BOOKED')) = ("current_booking_id" IS NOT NULL));

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_hold_has_length" CHECK ("hold_expires_at" > "created_at"),
  ADD CONSTRAINT "bookings_confirmed_at_matches_status"
    CHECK (("status" IN ('CONFIRMED', 'CANCELED')) = ("confirmed_at" IS NOT NULL)),
  ADD CONSTRAINT "bookings_ended_at_matches_status"
    CHECK (("status" IN ('EXPIRED', 'RELEASED', 'CANCELED')) = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "bookings_seat_count_positive" CHECK ("seat_count" > 0),
  ADD CONSTRAINT "bookings_total_amount_not_negative" CHECK ("total_amount" >= 0);

ALTER TABLE "events"
  ADD CONSTRAINT "events_seat_counts_add_up" CHECK (
    "seats_held" >= 0 AND "seats_booked" >= 0 AND "seats_blocked" >= 0
    AND "seats_held" + "seats_booked" + "seats_blocked" <= "seats_total"),
  ADD CONSTRAINT "events_seat_limit_positive" CHECK ("seat_limit" > 0),
  ADD CONSTRAINT "events_hold_ttl_positive" CHECK ("hold_ttl_ms" > 0);

ALTER TABLE "price_tiers" ADD CONSTRAINT "price_tiers_amount_not_negative" CHECK ("amount" >= 0);

-- Rows that are rewritten often keep room on their page: for HOT updates, or at least for short index chains.
ALTER TABLE "events" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "event_seats" SET (fillfactor = 80);
ALTER TABLE "bookings" SET (fillfactor = 80);
ALTER TABLE "booking_seats" SET (fillfactor = 80);
