import { arrayLiteral } from './array-literal.ts';
import { sql, type Tx } from '../../platform/database/db.ts';
import type { BookingRecord, BookingStatus, Changes, EventRules, SeatStatus } from '../rules/model.ts';
import type { RaisedVersion } from './batch.ts';
import type { EventTables } from './event-tables.ts';

/*
 * Statuses are compared with `(a = b) IS TRUE`, for which no index can be used. With a plain comparison and few statistics,
 * the planner may prefer an index on the status to the primary key, and search all seats of that status for each of 2,000
 * seats.
 */

const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/**
 * Updates existing bookings and deletes the claims that they gave up. This must be a separate statement before the new
 * claims: the parts of one statement all see the old claims, so the constraint would reject the new ones.
 */
export async function changeBookings(
  tx: Tx,
  tables: EventTables,
  eventId: number,
  clockMs: number,
  changed: Changes['changedBookings'],
): Promise<number> {
  const before: BookingStatus[] = changed.map((change) => change.before.status);
  const after = changed.map((change) => change.after);
  const dropped = changed.flatMap((change) =>
    change.before.seats
      .filter((seat) => !change.after.seats.includes(seat))
      .map((seat) => ({ seat, id: change.after.id })),
  );
  // guard: changed-bookings-by-key
  return tx.$executeRaw(sql`/* changeBookings */
    WITH dropped AS (
      DELETE FROM ${tables.bookingSeats} bs USING unnest(${arrayLiteral(dropped.map(({ id }) => id))}::uuid[], ${arrayLiteral(dropped.map(({ seat }) => seat))}::int[], ${repeat(eventId, dropped)}) AS d(booking_id, seat_index, event_id)
      WHERE bs.event_id = d.event_id AND bs.booking_id = d.booking_id AND bs.seat_index = d.seat_index
    )
    UPDATE ${tables.bookings} b SET
      status = u.after, seat_count = u.seat_count, total_amount = u.total_amount,
      hold_expires_at = to_timestamp(u.hold_expires_at_ms / 1000), takeover_delay_ms = u.takeover_delay_ms,
      extended_at = CASE WHEN u.extended THEN coalesce(b.extended_at, to_timestamp(${clockMs}::float8 / 1000)) END,
      confirmed_at = CASE WHEN u.after IN ('CONFIRMED', 'CANCELED') THEN coalesce(b.confirmed_at, to_timestamp(${clockMs}::float8 / 1000)) END,
      ended_at = CASE WHEN u.after IN ('EXPIRED', 'RELEASED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END
    FROM unnest(${arrayLiteral(after.map(({ id }) => id))}::uuid[], ${arrayLiteral(before)}::text[]::booking_status[],
                ${arrayLiteral(after.map(({ status }) => status))}::text[]::booking_status[], ${arrayLiteral(after.map(({ seats }) => seats.length))}::int[],
                ${arrayLiteral(after.map(({ totalAmount }) => totalAmount))}::float8[]::bigint[],
                ${arrayLiteral(after.map(({ holdExpiresAtMs }) => holdExpiresAtMs))}::float8[], ${arrayLiteral(after.map(({ takeoverDelayMs }) => takeoverDelayMs))}::int2[],
                ${arrayLiteral(after.map(({ extendedAtMs }) => extendedAtMs !== null))}::boolean[], ${repeat(eventId, after)})
      AS u(id, before, after, seat_count, total_amount, hold_expires_at_ms, takeover_delay_ms, extended, event_id)
    WHERE b.event_id = u.event_id AND b.id = u.id AND (b.status = u.before) IS TRUE`);
}

/**
 * Inserts new bookings with their claims, used keys and new buyers, and updates all changed seats. Returns the number of
 * seats. A buyer without a row is a guest: users of an identity provider are stored when they authenticate. Buyers are
 * inserted in order, and only another batch that inserts the same buyer is waited for.
 */
export async function writeSeats(
  tx: Tx,
  tables: EventTables,
  eventId: number,
  clockMs: number,
  changes: Changes,
): Promise<number> {
  const created = changes.createdBookings;
  const claims = collectNewClaims(changes);
  const keys = changes.usedKeys;
  const buyerIds = [...new Set(created.map((b) => b.buyerId))].sort(); // guard: guest-stored-at-first-hold
  // guard: user-row-kept
  // guard: status-comparison-without-index
  return tx.$executeRaw(sql`/* writeSeats */
    WITH created AS (
      INSERT INTO ${tables.bookings} (event_id, id, buyer_id, status, seat_count, total_amount, created_at, hold_expires_at, takeover_delay_ms, extended_at, confirmed_at, ended_at)
      SELECT ${eventId}, u.id, u.buyer_id, u.status, u.seat_count, u.total_amount,
             to_timestamp(${clockMs}::float8 / 1000), to_timestamp(u.hold_expires_at_ms / 1000), u.takeover_delay_ms,
             CASE WHEN u.extended THEN to_timestamp(${clockMs}::float8 / 1000) END,
             CASE WHEN u.status IN ('CONFIRMED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END,
             CASE WHEN u.status IN ('EXPIRED', 'RELEASED', 'CANCELED') THEN to_timestamp(${clockMs}::float8 / 1000) END
      FROM unnest(${arrayLiteral(created.map((b) => b.id))}::uuid[], ${arrayLiteral(created.map((b) => b.buyerId))}::uuid[],
                  ${arrayLiteral(created.map((b) => b.status))}::text[]::booking_status[], ${arrayLiteral(created.map((b) => b.seats.length))}::int[],
                  ${arrayLiteral(created.map((b) => b.totalAmount))}::float8[]::bigint[], ${arrayLiteral(created.map((b) => b.holdExpiresAtMs))}::float8[],
                  ${arrayLiteral(created.map((b) => b.takeoverDelayMs))}::int2[], ${arrayLiteral(created.map((b) => b.extendedAtMs !== null))}::boolean[])
        AS u(id, buyer_id, status, seat_count, total_amount, hold_expires_at_ms, takeover_delay_ms, extended)
    ), claims AS (
      INSERT INTO ${tables.bookingSeats} (event_id, booking_id, seat_index, booking_status)
      SELECT ${eventId}, u.booking_id, u.seat_index, u.status
      FROM unnest(${arrayLiteral(claims.map((c) => c.booking.id))}::uuid[], ${arrayLiteral(claims.map((c) => c.seat))}::int[],
                  ${arrayLiteral(claims.map((c) => c.booking.status))}::text[]::booking_status[]) AS u(booking_id, seat_index, status)
    ), used AS (
      INSERT INTO ${tables.idempotencyKeys} (event_id, buyer_id, operation, key_hash, input_hash, booking_id, created_at)
      SELECT ${eventId}, u.buyer_id, u.operation, decode(u.key_hash, 'hex'), decode(u.input_hash, 'hex'), u.booking_id,
             to_timestamp(${clockMs}::float8 / 1000)
      FROM unnest(${arrayLiteral(keys.map((k) => k.buyerId))}::uuid[], ${arrayLiteral(keys.map((k) => k.operation))}::text[], ${arrayLiteral(keys.map((k) => k.keyHash))}::text[],
                  ${arrayLiteral(keys.map((k) => k.inputHash))}::text[], ${arrayLiteral(keys.map((k) => k.bookingId))}::uuid[])
        AS u(buyer_id, operation, key_hash, input_hash, booking_id)
    ), guests AS (
      INSERT INTO users (id, issuer, subject) SELECT u.id, 'sellout', u.id::text
      FROM unnest(${arrayLiteral(buyerIds)}::uuid[]) AS u(id) ORDER BY u.id
      ON CONFLICT DO NOTHING
    )
    UPDATE ${tables.eventSeats} s SET status = u.after, current_booking_id = nullif(u.booking_id, ${NIL_UUID}::uuid)
    FROM unnest(${arrayLiteral(changes.seats.map((seat) => seat.after.index))}::int[],
                ${arrayLiteral(changes.seats.map((seat) => seat.before.status))}::text[]::seat_status[],
                ${arrayLiteral(changes.seats.map((seat) => seat.after.status))}::text[]::seat_status[],
                ${arrayLiteral(changes.seats.map((seat) => seat.after.bookingId ?? NIL_UUID))}::uuid[], ${repeat(eventId, changes.seats)})
      AS u(seat_index, before, after, booking_id, event_id)
    WHERE s.event_id = u.event_id AND s.seat_index = u.seat_index AND (s.status = u.before) IS TRUE`);
}

/**
 * Returns an array with the event's ID for each row. Joined with such an array, the table has no condition of its own, so
 * that the planner cannot read all rows of the event and compare each with the whole batch: it must look up each row.
 */
function repeat(eventId: number, rows: readonly unknown[]) {
  return sql`array_fill(${eventId}::int, ARRAY[${rows.length}::int])`;
}

function collectNewClaims(changes: Changes): { readonly seat: number; readonly booking: BookingRecord }[] {
  const added = changes.changedBookings.flatMap(({ before, after }) =>
    after.seats.filter((seat) => !before.seats.includes(seat)).map((seat) => ({ seat, booking: after })),
  );
  return [
    ...changes.createdBookings.flatMap((booking) => booking.seats.map((seat) => ({ seat, booking }))),
    ...added,
  ];
}

/**
 * The last statement before COMMIT: raises the event's version by one, updates its seat counters, and records every step
 * under the new version. It locks the event's row, where batches of several processes for one event queue.
 *
 * @returns the new version; null if the event's status is not the one that the batch was decided on.
 */
export async function raiseVersion(
  tx: Tx,
  tables: EventTables,
  event: EventRules,
  batchId: string,
  clockMs: number,
  changes: Changes,
): Promise<RaisedVersion | null> {
  const steps = changes.steps;
  const bookings = [...changes.createdBookings, ...changes.changedBookings.map((change) => change.after)];
  const delta = (status: SeatStatus) =>
    changes.seats.reduce(
      (sum, { before, after }) => sum + Number(after.status === status) - Number(before.status === status),
      0,
    );
  // guard: event-status-recheck
  // guard: version-step
  const [row] = await tx.$queryRaw<{ version: number; previous_batch_id: string }[]>(sql`/* raiseVersion */
    WITH raised AS (
      UPDATE events SET seat_version = seat_version + 1, previous_batch_id = batch_id, batch_id = ${batchId}::uuid,
        seats_held = seats_held + ${delta('HELD')}::int,
        seats_booked = seats_booked + ${delta('BOOKED')}::int, seats_blocked = seats_blocked + ${delta('BLOCKED')}::int
      WHERE id = ${event.eventId} AND (status = ${event.status}::event_status) IS TRUE
      RETURNING seat_version, previous_batch_id
    )
    INSERT INTO ${tables.eventChanges} (event_id, version, batch_id, previous_batch_id, committed_at, step_seats, step_from, step_to, step_bookings, booking_ids, booking_statuses)
    SELECT ${event.eventId}, raised.seat_version, ${batchId}::uuid, raised.previous_batch_id, to_timestamp(${clockMs}::float8 / 1000),
           ${arrayLiteral(steps.map((step) => step.seat))}::int[], ${arrayLiteral(steps.map((step) => step.from))}::text[]::seat_status[],
           ${arrayLiteral(steps.map((step) => step.to))}::text[]::seat_status[], ${arrayLiteral(steps.map((step) => step.bookingId ?? NIL_UUID))}::uuid[],
           ${arrayLiteral(bookings.map((booking) => booking.id))}::uuid[], ${arrayLiteral(bookings.map((booking) => booking.status))}::text[]::booking_status[]
    FROM raised RETURNING version, previous_batch_id::text`);
  return row === undefined ? null : { version: row.version, previousBatchId: row.previous_batch_id };
}

/**
 * Returns whether a batch with an unknown outcome was committed. First waits for the event's row, which the lost transaction
 * holds as long as it is in flight. Locking the row also makes the caller's own COMMIT wait for the synchronous standby,
 * which then has the batch too. Without the lock, a batch would be found that only the primary has.
 */
// guard: found-batch-replicated
export async function findBatch(tx: Tx, eventId: number, version: number, batchId: string): Promise<boolean> {
  await tx.$queryRaw(sql`/* awaitEvent */ SELECT 1 FROM events WHERE id = ${eventId} FOR NO KEY UPDATE`);
  const rows = await tx.$queryRaw<unknown[]>(sql`/* findBatch */
    SELECT 1 FROM event_changes WHERE event_id = ${eventId} AND version = ${version} AND batch_id = ${batchId}::uuid`);
  return rows.length > 0;
}
