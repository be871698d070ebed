import type { BookingStatus } from '../../src/booking/rules/model.ts';

/** A request of a client. */
export type Request =
  | {
      readonly kind: 'hold';
      /** Seat indexes in ascending order; empty if the server chooses. */
      readonly seats: readonly number[];
      readonly quantity: number;
      /** `exact`: these seats or none; `alternative`: these or others; `best`: the server chooses. */
      readonly mode: 'exact' | 'alternative' | 'best';
      readonly key: string | null;
    }
  | { readonly kind: 'confirm'; readonly bookingId: string; readonly key: string | null }
  | { readonly kind: 'release'; readonly bookingId: string; readonly key: null };

export interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  /** For SEATS_UNAVAILABLE. */
  readonly seats?: readonly number[];
  /** For SEAT_LIMIT_EXCEEDED. */
  readonly limit?: number;
  /** For HOLD_EXPIRED. */
  readonly expiredAtMs?: number;
  /** For BOOKING_STATE. */
  readonly status?: BookingStatus;
}

export type Outcome =
  | {
      readonly kind: 'success';
      readonly bookingId: string;
      readonly status: BookingStatus;
      readonly holdExpiresAtMs: number;
    }
  | Refusal
  /** The request certainly had no effect: the server says so, or was never reached. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** The outcome is unknown: the request may have had an effect, or may still have one. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** A response that no client should ever get. Whether it had an effect is unknown. */
  | { readonly kind: 'wrong'; readonly why: string };

/** A point in time on two clocks: one orders what clients saw, the other compares with the database's clock. */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface Attempt {
  /** Its number in the history, for reports. */
  readonly n: number;
  readonly buyerId: string;
  readonly node: string;
  readonly request: Request;
  readonly invoked: Instant;
  readonly answered: Instant;
  readonly outcome: Outcome;
}

export function now(): Instant {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Returns one line for a report. */
export function describeAttempt(attempt: Attempt): string {
  const { n, node, buyerId, request, outcome, invoked, answered } = attempt;
  const took = (answered.monotonicMs - invoked.monotonicMs).toFixed(1);
  return `#${n} ${node} buyer ${buyerId.slice(0, 8)} ${JSON.stringify(request)} at ${invoked.wallMs} +${took} ms -> ${JSON.stringify(outcome)}`;
}
