-- Periods in which writes did not work. Their time is added to the deadlines of holds.

CREATE TABLE "outages" (
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "credited_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outages_pkey" PRIMARY KEY ("started_at"),
    CONSTRAINT "outages_in_order" CHECK ("ended_at" > "started_at" AND "credited_until" >= "started_at"),
    CONSTRAINT "outages_disjoint" EXCLUDE USING gist (tstzrange("started_at", "ended_at") WITH &&)
);
