-- Waiting rooms. What must never go back (numbers served, join indexes reserved, the draw) is here; Redis has the rest.

CREATE TYPE "waiting_room_mode" AS ENUM ('OFF', 'ON', 'AUTOMATIC');
CREATE TYPE "redis_away_policy" AS ENUM ('OPEN', 'CLOSED');

CREATE TABLE "waiting_rooms" (
    "event_id" INTEGER NOT NULL,
    "mode" "waiting_room_mode" NOT NULL DEFAULT 'OFF',
    "automatic_on" BOOLEAN NOT NULL DEFAULT false,
    "pace_per_minute" INTEGER NOT NULL DEFAULT 600,
    "inside_max" INTEGER NOT NULL DEFAULT 1000,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "redis_away" "redis_away_policy" NOT NULL DEFAULT 'CLOSED',
    "lobby_opens_at" TIMESTAMPTZ(3),
    "seed" BYTEA,
    "digest" BYTEA,
    "lobby_size" INTEGER,
    "revealed_at" TIMESTAMPTZ(3),
    "join_indexes_reserved" INTEGER NOT NULL DEFAULT 0,
    "now_serving" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "inside" INTEGER NOT NULL DEFAULT 0,
    "tick" INTEGER NOT NULL DEFAULT 0,
    "ticked_at" TIMESTAMPTZ(3),
    "control" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "waiting_rooms_pkey" PRIMARY KEY ("event_id")
);

CREATE TABLE "waiting_room_lobbies" (
    "event_id" INTEGER NOT NULL,
    "entries" BYTEA NOT NULL,

    CONSTRAINT "waiting_room_lobbies_pkey" PRIMARY KEY ("event_id")
);

ALTER TABLE "waiting_room_lobbies" ADD CONSTRAINT "waiting_room_lobbies_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "waiting_rooms" ADD CONSTRAINT "waiting_rooms_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "events"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "event_buyers" ADD COLUMN "admission_revoked_at" TIMESTAMPTZ(3);
