import type { Outage } from '../../platform/service/outages.ts';
import type { Neighbors } from '../../seating/rows/neighbors.ts';
import type {
  BookingMode,
  BookingStatus,
  EventStatus,
  OrphanRule,
  SeatStatus,
} from '../../generated/prisma/enums.ts';

export type { BookingMode, BookingStatus, EventStatus, OrphanRule, SeatStatus };

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
  /** QUEUED if holds must come from the queue of requests. */
  readonly bookingMode: BookingMode;
  readonly buyersMayCancel: boolean;
  /** True if others can take the seats of an expired hold only after a random delay. */
  readonly takeoverDelay: boolean;
  readonly seatsTotal: number;
  /** True if the event's waiting room is on: buyers need an admission to take seats. */
  readonly needsAdmission: boolean;
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
  /** The deadline, outages aside: from then on the buyer can do nothing with the hold. See `Draft.getDeadlineMs`. */
  readonly holdExpiresAtMs: number;
  /** Time from the deadline until others can take the seats. Never shown to clients. 0 if the event has no takeover delay. */
  readonly takeoverDelayMs: number;
  readonly extendedAtMs: number | null;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** Maximum takeover delay. The database enforces it too. */
export const TAKEOVER_DELAY_MS_MAX = 1_200;

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

export type ExtensionFault = 'NOT_ALLOWED' | 'EXTENDED_ALREADY' | 'LIFETIME_USED_UP';

/** Why a command was not done. */
export type Refusal =
  | { readonly code: 'SEATS_UNAVAILABLE'; readonly seats: readonly number[] }
  | { readonly code: 'SEAT_LIMIT_EXCEEDED'; readonly limit: number }
  | {
      readonly code: 'EVENT_NOT_ON_SALE';
      readonly status: EventStatus;
      readonly onSaleAtMs: number;
      readonly saleEndsAtMs: number;
    }
  | { readonly code: 'HOLD_EXPIRED'; readonly expiredAtMs: number }
  | { readonly code: 'BOOKING_STATE'; readonly status: BookingStatus }
  | { readonly code: 'IDEMPOTENCY_CONFLICT' }
  | { readonly code: 'ADMISSION_REQUIRED' }
  /** The event takes holds only from its queue of requests. */
  | { readonly code: 'QUEUED_ONLY' }
  /** A queued hold was not decided in time. */
  | { readonly code: 'REQUEST_EXPIRED' }
  | { readonly code: 'EXTENSION_REFUSED'; readonly why: ExtensionFault }
  /** Time from which buyers cannot cancel; null if they never can. */
  | { readonly code: 'CANCELLATION_REFUSED'; readonly cancelableUntilMs: number | null }
  /** The seats that would be isolated, which the event forbids, by a choice of `seats`. */
  | { readonly code: 'ORPHAN_SEATS'; readonly orphans: readonly number[]; readonly seats: readonly number[] }
  | { readonly code: 'NOT_FOUND'; readonly what: 'event' | 'seat' | 'booking' };

/** The outcome of a queued hold, which never changes. */
export type RequestOutcome =
  | { readonly status: 'DONE'; readonly bookingId: string }
  | { readonly status: 'REFUSED'; readonly refusal: Refusal }
  | { readonly status: 'EXPIRED' };

/** A queued hold that has an outcome. */
export interface SettledRequest {
  readonly requestId: string;
  readonly buyerId: string;
  readonly inputHash: string;
  readonly outcome: RequestOutcome;
}

/** The state that a batch has locked, or has read while it held its locks. */
export interface LockedState {
  /** The database's clock in Unix milliseconds, read in a statement after the locks. */
  readonly clockMs: number;
  readonly event: EventRules;
  /** Periods in which writes did not work, by their start. */
  readonly outages: readonly Outage[];
  /** The locked seats, and no others. */
  readonly seats: ReadonlyMap<number, Seat>;
  /** Bookings that have a locked seat, are named by a command, or count against the seat limit of a named buyer. */
  readonly bookings: ReadonlyMap<string, BookingRecord>;
  readonly keys: readonly UsedKey[];
  /** The requests of queued holds in the batch that are settled already. */
  readonly requests: readonly SettledRequest[];
  /** Buyers of the batch whose admission the organizer has revoked. */
  readonly revokedBuyers: readonly string[];
  /** Random takeover delays, one for each command; empty if the event has no takeover delay. */
  readonly takeoverDelaysMs: readonly number[];
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
  readonly settledRequests: readonly SettledRequest[];
}
