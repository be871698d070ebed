import type { BookingRecord, BookingStatus, EventStatus } from './model.ts';

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
  /** Time from which buyers cannot cancel; null if they never can. */
  | { readonly code: 'CANCELLATION_REFUSED'; readonly cancelableUntilMs: number | null }
  /** The seats that would be isolated; the event forbids it. */
  | { readonly code: 'ORPHAN_SEATS'; readonly orphans: readonly number[] }
  | { readonly code: 'NOT_FOUND'; readonly what: 'event' | 'seat' | 'booking' };

export type Outcome =
  | { readonly kind: 'done'; readonly booking: BookingRecord | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /**
   * Not decided; the command is retried in the next batch. `conflict`: the seats that the server chose were taken
   * meanwhile. `unlocked`: the command affects seats that are not locked, such as further seats of a booking that has
   * just become overdue.
   */
  | { readonly kind: 'retry'; readonly why: 'conflict' | 'unlocked' };

export function done(booking: BookingRecord | null): Outcome {
  return { kind: 'done', booking };
}

export function refused(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}

export const retryUnlocked: Outcome = { kind: 'retry', why: 'unlocked' };
export const retryConflict: Outcome = { kind: 'retry', why: 'conflict' };
