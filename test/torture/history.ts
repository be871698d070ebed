import type { BookingStatus } from '../../src/booking/rules/model.ts';

/** What a client asked for. */
export type Request =
  | {
      readonly kind: 'hold';
      /** Seats by index, sorted; none where the server is to choose. */
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
  /** Of SEATS_UNAVAILABLE. */
  readonly seats?: readonly number[];
  /** Of SEAT_LIMIT_EXCEEDED. */
  readonly limit?: number;
  /** Of HOLD_EXPIRED. */
  readonly expiredAtMs?: number;
  /** Of BOOKING_STATE. */
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
  /** Nothing happened, for certain: the server says so, or was never reached. */
  | { readonly kind: 'nothing'; readonly why: string }
  /** Nobody knows, or not yet: it may have happened, or may still. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** No answer that a client should ever get. What happened is unknown. */
  | { readonly kind: 'wrong'; readonly why: string };

/** An instant, twice: to order what clients saw, and to compare with the database's clock. */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface Attempt {
  /** Its place in the history, for people. */
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

/** One line for a report. */
export function describeAttempt(attempt: Attempt): string {
  const { n, node, buyerId, request, outcome, invoked, answered } = attempt;
  const took = (answered.monotonicMs - invoked.monotonicMs).toFixed(1);
  return `#${n} ${node} buyer ${buyerId.slice(0, 8)} ${JSON.stringify(request)} at ${invoked.wallMs} +${took} ms -> ${JSON.stringify(outcome)}`;
}
