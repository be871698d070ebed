import type { BookingMode, EventStatus } from '../../generated/prisma/enums.ts';
import { sql, type PrismaClient, type Tx } from '../../platform/database/db.ts';
import type { EventFields } from './event-input.ts';
import type { PriceTierRow } from './price-tiers.ts';
import type { PlanCategory } from '../seating-plan/seating-plan.ts';

export interface VenueToSell {
  readonly seatCount: number;
  readonly categories: readonly PlanCategory[];
}

/** Reads a venue of the organizer; null if there is none. A venue never changes, so no lock is needed. */
export async function readOwnVenue(
  db: PrismaClient,
  organizerId: string,
  venueId: number,
): Promise<VenueToSell | null> {
  const [row] = await db.$queryRaw<
    { seat_count: number; categories: PlanCategory[] }[]
  >(sql`/* readOwnVenue */
    SELECT seat_count, categories FROM venues
    WHERE id = ${venueId}::int AND organizer_id = ${organizerId}::uuid`);
  return row === undefined ? null : { seatCount: row.seat_count, categories: row.categories };
}

export interface NewEvent extends EventFields {
  readonly organizerId: string;
  readonly venueId: number;
  readonly status: EventStatus;
}

export async function insertEvent(tx: Tx, event: NewEvent, seatsTotal: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ id: number }[]>(sql`/* insertEvent */
    INSERT INTO events (organizer_id, venue_id, name, starts_at, on_sale_at, sale_ends_at, cancelable_until,
                        status, currency, seat_limit, hold_ttl_ms, hold_extension_ms, hold_lifetime_max_ms, orphan_rule, buyers_may_cancel, takeover_delay, booking_mode, seats_total)
    VALUES (${event.organizerId}::uuid, ${event.venueId}::int, ${event.name}, ${event.startsAt.toISOString()}::timestamptz,
            ${event.onSaleAt.toISOString()}::timestamptz, ${(event.saleEndsAt ?? event.startsAt).toISOString()}::timestamptz,
            ${(event.cancelableUntil ?? event.startsAt).toISOString()}::timestamptz, ${event.status}::event_status, ${event.currency},
            ${event.seatLimit}::int, ${toMs(event.holdTtlSeconds)}::int, ${toMs(event.holdExtensionSeconds)}::int,
            ${toMs(event.holdLifetimeMaxSeconds)}::int, ${event.orphanRule ?? 'ALLOW'}::orphan_rule,
            ${event.buyersMayCancel ?? false}::boolean, ${event.takeoverDelay ?? false}::boolean,
            ${event.bookingMode ?? 'DIRECT'}::booking_mode, ${seatsTotal}::int)
    RETURNING id`);
  if (row === undefined) throw new Error('insertEvent returned no row');
  return row.id;
}

function toMs(seconds: number | null | undefined): number | null {
  return seconds == null ? null : seconds * 1000;
}

export async function insertPriceTiers(
  tx: Tx,
  eventId: number,
  tiers: readonly PriceTierRow[],
): Promise<void> {
  await tx.$executeRaw(sql`/* insertPriceTiers */
    INSERT INTO price_tiers (event_id, tier_index, name, amount, color)
    SELECT ${eventId}::int, *
    FROM unnest(
      ${tiers.map(({ index }) => index)}::int2[],
      ${tiers.map(({ name }) => name)}::text[],
      ${tiers.map(({ amount }) => amount)}::int8[],
      ${tiers.map(({ color }) => color)}::text[])`);
}

/** Creates a seat for each seat of the venue, with the price tier of its category. */
export async function insertEventSeats(tx: Tx, eventId: number, venueId: number): Promise<number> {
  return tx.$executeRaw(sql`/* insertEventSeats */
    INSERT INTO event_seats (event_id, seat_index, venue_id, tier_index)
    SELECT ${eventId}::int, seat_index, venue_id, category FROM venue_seats
    WHERE venue_id = ${venueId}::int ORDER BY seat_index`);
}

/** Changes how the seats of an event are held. Returns false if the organizer has no such event. */
export async function changeBookingMode(
  db: PrismaClient,
  organizerId: string,
  eventId: number,
  mode: BookingMode,
): Promise<boolean> {
  const changed = await db.$executeRaw(sql`/* changeBookingMode */
    UPDATE events SET booking_mode = ${mode}::booking_mode
    WHERE id = ${eventId}::int AND organizer_id = ${organizerId}::uuid`);
  return changed === 1;
}

export interface OwnStatus {
  readonly status: EventStatus;
  /** True if the sale period has ended. */
  readonly saleIsOver: boolean;
}

/** Reads the status of an event of the organizer; null if there is none. */
export async function readOwnStatus(
  db: PrismaClient,
  organizerId: string,
  eventId: number,
): Promise<OwnStatus | null> {
  const [row] = await db.$queryRaw<OwnStatus[]>(sql`/* readOwnStatus */
    SELECT status, sale_ends_at <= clock_timestamp() AS "saleIsOver" FROM events
    WHERE id = ${eventId}::int AND organizer_id = ${organizerId}::uuid`);
  return row ?? null;
}

/** Changes the status. Returns false if it is no longer `from`. */
export async function changeStatus(
  db: PrismaClient,
  eventId: number,
  from: EventStatus,
  to: EventStatus,
): Promise<boolean> {
  const changed = await db.$executeRaw(sql`/* changeStatus */
    UPDATE events SET status = ${to}::event_status
    WHERE id = ${eventId}::int AND status = ${from}::event_status`);
  return changed === 1;
}
