import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type { BookingStatus, EventStatus, OrphanRule, SeatStatus } from '../../generated/prisma/enums.ts';

export type { BookingStatus, EventStatus, OrphanRule, SeatStatus };

/** The rules of an event, read at the start of a batch. The batch's last UPDATE checks that they still apply. */
export interface EventRules {
  readonly eventId: number;
  readonly organizerId: string;
  readonly status: EventStatus;
  readonly onSaleAtMs: number;
  /** Time from which no seats can be held. */
  readonly saleEndsAtMs: number;
  /** Time from which only the organizer can cancel. */
  readonly cancelableUntilMs: number;
  readonly seatLimit: number;
  readonly holdTtlMs: number;
  /** Length of the one extension that a hold can have; null if holds cannot be extended. */
  readonly holdExtensionMs: number | null;
  /** Maximum lifetime of a hold, from its creation. */
  readonly holdLifetimeMaxMs: number;
  readonly orphanRule: OrphanRule;
  readonly buyersMayCancel: boolean;
  readonly seatsTotal: number;
  /** Price of each tier, by tier index, in the currency's minor unit. */
  readonly tierAmounts: readonly number[];
}

export interface Seat {
  readonly index: number;
  readonly tierIndex: number;
  readonly status: SeatStatus;
  readonly bookingId: string | null;
}

export interface BookingRecord {
  readonly eventId: number;
  readonly id: string;
  readonly buyerId: string;
  readonly status: BookingStatus;
  readonly seats: readonly number[];
  readonly totalAmount: number;
  readonly createdAtMs: number;
  readonly holdExpiresAtMs: number;
  readonly extendedAtMs: number | null;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
}

export type KeyedOperation = 'holdSeats' | 'holdBestAvailable' | 'confirmBooking';

/** An idempotency key of a caller. Hashes are hexadecimal SHA-256. */
export interface Key {
  readonly operation: KeyedOperation;
  readonly keyHash: string;
  /** Hash of the input, without the parts that a retry may change (seat order, admission token). */
  readonly inputHash: string;
}

export interface UsedKey extends Key {
  readonly buyerId: string;
  readonly bookingId: string;
}

/** The state that a batch has locked, or has read while it held its locks. */
export interface LockedState {
  /** The database's clock in Unix milliseconds, read in a statement after the locks. */
  readonly clockMs: number;
  readonly event: EventRules;
  /** The locked seats, and no others. */
  readonly seats: ReadonlyMap<number, Seat>;
  /** Bookings that have a locked seat, are named by a command, or count against the seat limit of a named buyer. */
  readonly bookings: ReadonlyMap<string, BookingRecord>;
  readonly keys: readonly UsedKey[];
  /**
   * The neighbors of every locked seat if the event forbids orphans. Seats up to two places from a named one are then
   * locked too.
   */
  readonly neighbors: ReadonlyMap<number, Neighbors>;
}

/** One change of one seat. A batch can change a seat several times; each change is a step. */
export interface Step {
  readonly seat: number;
  readonly from: SeatStatus;
  readonly to: SeatStatus;
  /** The booking that gained or lost the seat; null for blocking and unblocking. */
  readonly bookingId: string | null;
}

/** The rows that a batch writes. If all lists are empty, the event's version stays. */
export interface Changes {
  readonly steps: readonly Step[];
  /** Net changes, each seat once: from the locked state to the state after the batch. */
  readonly seats: readonly { readonly before: Seat; readonly after: Seat }[];
  readonly createdBookings: readonly BookingRecord[];
  /** Existing bookings whose status, deadline or seats changed. */
  readonly changedBookings: readonly { readonly before: BookingRecord; readonly after: BookingRecord }[];
  readonly usedKeys: readonly UsedKey[];
}
