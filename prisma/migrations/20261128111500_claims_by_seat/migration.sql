-- One claim in HOLD or CONFIRMED a seat, as before, but with the seat first. With the event first the index could serve
-- the look-up of a booking's claims, too: for a table that is taken for empty it then looked as good as the key, and the
-- foreign key's ON UPDATE CASCADE read every claim of the event.
CREATE UNIQUE INDEX "booking_seats_one_claim_by_seat" ON "booking_seats"("seat_index", "event_id")
  WHERE "booking_status" IN ('HOLD', 'CONFIRMED');

DROP INDEX "booking_seats_one_claim";

ALTER INDEX "booking_seats_one_claim_by_seat" RENAME TO "booking_seats_one_claim";
