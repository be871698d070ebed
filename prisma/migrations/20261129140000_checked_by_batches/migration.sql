-- Three foreign keys that every hold paid for row by row. Batches lock the seats and the event that they name, and the
-- audit finds rows that refer to nothing. The key from claims to bookings stays: the oversell constraint needs it.

-- In the order in which batches lock them.
LOCK TABLE "events", "booking_seats", "event_seats", "bookings" IN ACCESS EXCLUSIVE MODE;

-- The keys of a partitioned table are at its leaves.
DO $$
DECLARE
  key record;
BEGIN
  FOR key IN
    SELECT c.conname, c.conrelid::regclass AS leaf FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace AND c.conname IN (
      'booking_seats_event_id_seat_index_fkey', 'event_seats_event_id_current_booking_id_fkey', 'bookings_event_id_fkey')
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.leaf, key.conname);
  END LOOP;
END $$;
