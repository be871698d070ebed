import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { CLOCK_SLACK_MS } from './effects.ts';
import { changeTo, type BookingLife, type Timeline } from './timeline.ts';

/** A response that showed a deadline to the buyer of a hold. */
interface Shown {
  readonly attempt: Attempt;
  readonly booking: BookingLife;
  readonly deadlineMs: number;
}

/**
 * Checks that each deadline that a client saw was kept: from the response on until then, nobody decided that the hold had
 * expired. A batch that read the outages before the response cannot know what the response has added.
 */
export function checkPromises(history: readonly Attempt[], { bookings }: Timeline, findings: Findings): void {
  const refusals = Map.groupBy(history, ({ request, outcome }) =>
    request.kind !== 'hold' && outcome.kind === 'refused' && outcome.code === 'HOLD_EXPIRED'
      ? request.bookingId
      : null,
  );
  for (const attempt of history) {
    const { outcome } = attempt;
    const booking = outcome.kind === 'success' ? bookings.get(outcome.bookingId) : undefined;
    if (outcome.kind !== 'success' || booking === undefined) continue;
    const shown = { attempt, booking, deadlineMs: outcome.holdExpiresAtMs };
    const why = findBreak(shown, refusals.get(booking.id) ?? []);
    if (why !== null) findings.add('promise', `${why}: ${describeAttempt(attempt)}`);
  }
}

function findBreak({ attempt, booking, deadlineMs }: Shown, refusals: readonly Attempt[]): string | null {
  const shownMs = attempt.answered.wallMs;
  const expiredMs = changeTo(booking, 'EXPIRED')?.clockMs ?? Infinity;
  if (expiredMs <= shownMs + CLOCK_SLACK_MS) return null;
  if (expiredMs < deadlineMs) return `booking ${booking.id} expired at ${expiredMs}`;
  const refusal = refusals.find(
    ({ buyerId, outcome, invoked, answered }) =>
      buyerId === booking.buyerId &&
      outcome.kind === 'refused' &&
      (outcome.expiredAtMs ?? 0) < deadlineMs &&
      invoked.wallMs > shownMs + CLOCK_SLACK_MS &&
      answered.wallMs < deadlineMs - CLOCK_SLACK_MS,
  );
  return refusal === undefined ? null : `refused as expired by ${describeAttempt(refusal)}`;
}
