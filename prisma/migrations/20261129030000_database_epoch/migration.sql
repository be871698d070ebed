-- The epoch of the database: one row. When it changes, every event's version jumps.

CREATE TABLE "database_epoch" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "system_identifier" TEXT NOT NULL,
    "timeline" INTEGER NOT NULL,
    "restores" INTEGER NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "database_epoch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "database_epoch_one_row" CHECK ("id" = 1)
);

INSERT INTO "database_epoch" ("system_identifier", "timeline")
SELECT "system_identifier"::text, ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int
FROM pg_control_system();
