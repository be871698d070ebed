-- Whether an operator has switched writes off, in one row, which processes also change to probe whether writes work.

CREATE TABLE "service_state" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "mode" TEXT NOT NULL DEFAULT 'AUTO',
    "reason" TEXT,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "probed_at" TIMESTAMPTZ(3),

    CONSTRAINT "service_state_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "service_state_one_row" CHECK ("id" = 1),
    CONSTRAINT "service_state_known_mode" CHECK ("mode" IN ('AUTO', 'READ_ONLY'))
);

INSERT INTO "service_state" DEFAULT VALUES;
