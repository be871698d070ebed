import type { ProblemFragment, BookingDetailsFragment } from './operations.ts';

/** Why something was not done. `NO_ANSWER` and `UNEXPECTED` are the page's own. */
export type Problem =
  | { readonly kind: 'api'; readonly error: ProblemFragment }
  | { readonly kind: 'no-answer' }
  | { readonly kind: 'session-over' }
  | { readonly kind: 'request-expired' }
  | { readonly kind: 'unexpected' };

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export type Booking = BookingDetailsFragment;
