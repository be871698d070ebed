import type { BookingStatus, EventStatus, OrphanRule, SeatStatus } from '../../generated/prisma/enums.ts';

export type { BookingStatus, EventStatus, OrphanRule, SeatStatus };

/** What an event allows, as read at the start of a batch and checked again by the version's UPDATE. */
export interface EventRules {
  readonly eventId: number;
  readonly organizerId: string;
  readonly status: EventStatus;
  readonly onSaleAtMs: number;
  /** From this instant on no seats are held. */
  readonly saleEndsAtMs: number;
  /** From this instant on only the organizer cancels. */
  readonly cancelableUntilMs: number;
  readonly seatLimit: number;
  readonly holdTtlMs: number;
  /** By how much a hold may be extended, once; null: not at all. */
  readonly holdExtensionMs: number | null;
  /** The longest that a hold may stand, from its creation on. */
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

/** A caller's idempotency key. Hashes are hexadecimal SHA-256. */
export interface Key {
  readonly operation: KeyedOperation;
  readonly keyHash: string;
  /** Hash of the input, without what a retry may change (seat order, admission token). */
  readonly inputHash: string;
}

export interface UsedKey extends Key {
  readonly buyerId: string;
  readonly bookingId: string;
}

/** The seats of a row on either side of a seat; null where the row ends or an aisle begins. */
export interface Neighbours {
  readonly left: number | null;
  readonly right: number | null;
}

/** Everything that a batch has locked or read after its locks were held. */
export interface LockedState {
  /** The database's clock, read in a statement after the locks: milliseconds since 1970. */
  readonly clockMs: number;
  readonly event: EventRules;
  /** The locked seats, and no others. */
  readonly seats: ReadonlyMap<number, Seat>;
  /** Bookings that have a locked seat, that a command names, or that count against a named buyer's limit. */
  readonly bookings: ReadonlyMap<string, BookingRecord>;
  readonly keys: readonly UsedKey[];
  /** Of every locked seat, where the event forbids orphans; seats two places from a named one are locked too then. */
  readonly neighbours: ReadonlyMap<number, Neighbours>;
}

export interface HoldCommand {
  readonly kind: 'hold';
  readonly bookingId: string;
  readonly buyerId: string;
  /** The seats that the caller named; empty where the server is to choose. */
  readonly named: readonly number[];
  /** How many seats are wanted. */
  readonly quantity: number;
  /** The seats that the server chose, to take where `named` is empty or not free; null: none chosen. */
  readonly chosen: readonly number[] | null;
  readonly key: Key | null;
}

export interface ConfirmCommand {
  readonly kind: 'confirm';
  readonly bookingId: string;
  readonly buyerId: string;
  readonly key: Key | null;
}

export interface ReleaseCommand {
  readonly kind: 'release';
  readonly bookingId: string;
  readonly buyerId: string;
}

/** Puts a hold's deadline off, once. */
export interface ExtendCommand {
  readonly kind: 'extend';
  readonly bookingId: string;
  readonly buyerId: string;
}

/** Swaps a hold's seats for these; its deadline stays. */
export interface ChangeCommand {
  readonly kind: 'change';
  readonly bookingId: string;
  readonly buyerId: string;
  readonly seats: readonly number[];
}

/** Undoes a confirmed booking: for its buyer, where the event allows it, or for the event's organizer. */
export interface CancelCommand {
  readonly kind: 'cancel';
  readonly bookingId: string;
  readonly callerId: string;
}

/** Writes down that a hold's time has run out. */
export interface ExpireCommand {
  readonly kind: 'expire';
  readonly bookingId: string;
}

/** The organizer takes seats off sale (`block`) or gives them back (`unblock`). */
export interface BlockCommand {
  readonly kind: 'block' | 'unblock';
  readonly organizerId: string;
  readonly seats: readonly number[];
}

export type Command =
  | HoldCommand
  | ConfirmCommand
  | ReleaseCommand
  | ExtendCommand
  | ChangeCommand
  | CancelCommand
  | ExpireCommand
  | BlockCommand;

export type ExtensionFault = 'NOT_ALLOWED' | 'EXTENDED_ALREADY' | 'LIFETIME_USED_UP';

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
  | { readonly code: 'EXTENSION_REFUSED'; readonly why: ExtensionFault }
  /** The instant from which buyers cannot cancel; null: they never can. */
  | { readonly code: 'CANCELLATION_REFUSED'; readonly cancelableUntilMs: number | null }
  /** The seats that would be left alone; the event forbids it. */
  | { readonly code: 'ORPHAN_SEATS'; readonly orphans: readonly number[] }
  | { readonly code: 'NOT_FOUND'; readonly what: 'event' | 'seat' | 'booking' };

export type Outcome =
  | { readonly kind: 'done'; readonly booking: BookingRecord | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /**
   * Not decided: the command has to come again in the next batch. `conflict`: what the server chose was taken
   * meanwhile. `unlocked`: seats that it touches are not locked (others of a booking that has just become overdue).
   */
  | { readonly kind: 'again'; readonly why: 'conflict' | 'unlocked' };

/** One seat changing hands once. A batch may move a seat several times; each is a step of its own. */
export interface Step {
  readonly seat: number;
  readonly from: SeatStatus;
  readonly to: SeatStatus;
  /** The booking that got or lost the seat; null for blocking and unblocking. */
  readonly bookingId: string | null;
}

/** What a batch writes. Empty lists everywhere: nothing changed, and the version stays. */
export interface Changes {
  readonly steps: readonly Step[];
  /** Net, each seat once: from the locked state to the state after the batch. */
  readonly seats: readonly { readonly before: Seat; readonly after: Seat }[];
  readonly createdBookings: readonly BookingRecord[];
  /** Bookings of before the batch that it changed (status, deadline or seats), as they were and as they are. */
  readonly changedBookings: readonly { readonly before: BookingRecord; readonly after: BookingRecord }[];
  readonly usedKeys: readonly UsedKey[];
}
