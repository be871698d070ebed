import type { BookingStatus, SeatStatus } from '../../../src/booking/rules/model.ts';

/** Everything in the database about an event, read in one snapshot after all work has ended. */
export interface EventRecord {
  readonly eventId: number;
  readonly seatLimit: number;
  readonly seatsTotal: number;
  readonly seatVersion: number;
  readonly counted: { readonly held: number; readonly booked: number; readonly blocked: number };
  /** The change record, by version. */
  readonly changes: readonly Change[];
  readonly bookings: readonly StoredBooking[];
  readonly seats: readonly {
    readonly seat: number;
    readonly status: SeatStatus;
    readonly bookingId: string | null;
  }[];
  readonly keys: readonly StoredKey[];
}

export interface Change {
  readonly version: number;
  /** Database time at which the batch was decided. */
  readonly clockMs: number;
  readonly steps: readonly StoredStep[];
  /** Bookings that the batch changed, with their new status. */
  readonly bookings: readonly { readonly id: string; readonly status: BookingStatus }[];
}

export interface StoredStep {
  readonly seat: number;
  readonly from: SeatStatus;
  readonly to: SeatStatus;
  readonly bookingId: string | null;
}

export interface StoredBooking {
  readonly id: string;
  readonly buyerId: string;
  readonly status: BookingStatus;
  /** The deadline, outages aside. */
  readonly holdExpiresAtMs: number;
  /** Time of outages that is added to the deadline; absent if none. A response may know only a part of it. */
  readonly creditMs?: number;
  /** Time from which others can take the seats. */
  readonly takeoverAtMs: number;
  /** Claims: each seat, with the booking's status as copied into the claim. */
  readonly claims: readonly { readonly seat: number; readonly status: BookingStatus }[];
}

export interface StoredKey {
  readonly buyerId: string;
  readonly operation: string;
  /** Hexadecimal SHA-256. */
  readonly keyHash: string;
  readonly bookingId: string;
}
