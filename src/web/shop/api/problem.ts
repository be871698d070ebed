import type { ProblemFragment, BookingDetailsFragment } from './operations/fragments.ts';

/** Why something was not done. `NO_ANSWER` and `UNEXPECTED` are the page's own. */
export type Problem =
  | { readonly kind: 'api'; readonly error: ProblemFragment }
  | { readonly kind: 'no-answer' }
  /** `isUnknown` if an earlier attempt, in the session that has ended, may have succeeded. */
  | { readonly kind: 'session-over'; readonly isUnknown: boolean }
  | { readonly kind: 'request-expired' }
  | { readonly kind: 'unexpected' };

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export type Booking = BookingDetailsFragment;

/** Returns the problem, or null if it was that writes were off: they work again. */
export function withoutOutage(problem: Problem | null): Problem | null {
  return problem?.kind === 'api' && problem.error.code === 'READ_ONLY' ? null : problem;
}
