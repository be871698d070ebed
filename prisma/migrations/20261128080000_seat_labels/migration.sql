-- What a ticket says of a seat, where its plan has labels of its own. Null: made of section, row and number, as before.

ALTER TABLE "venue_seats" ADD COLUMN "label" TEXT;
