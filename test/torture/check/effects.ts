import { createHash } from 'node:crypto';
import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { changeTo, type BookingLife, type StatusChange, type Timeline } from './timeline.ts';

/** Both clocks are the machine's, truncated to milliseconds. */
export const CLOCK_SLACK_MS = 2;

/** An entry of the change record that clients request, with the attempts that can have caused it. */
export interface Effect {
  readonly what: string;
  readonly change: StatusChange;
  readonly attempts: readonly Attempt[];
}

/** Whether the attempt can have had an effect: it succeeded, or its outcome is unknown. */
export function mayHaveHappened({ outcome }: Attempt): boolean {
  return outcome.kind === 'success' || outcome.kind === 'unknown' || outcome.kind === 'wrong';
}

/**
 * Returns the name of a keyed operation, or null without a key. Attempts with the same name are retries of one
 * operation.
 */
export function getKeyName({ buyerId, request }: Attempt): string | null {
  if (request.key === null) return null;
  return `${buyerId} ${getOperation(request)} ${sha256(request.key)}`;
}

function getOperation(request: Attempt['request']): string {
  if (request.kind === 'confirm') return 'confirmBooking';
  return request.kind === 'hold' && request.mode === 'best' ? 'holdBestAvailable' : 'holdSeats';
}

/** Hashes a key as the server does (UTF-16). */
function sha256(key: string): string {
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex');
}

/** Whether the booking is what the attempt requested. */
export function fits({ buyerId, request }: Attempt, booking: BookingLife): boolean {
  if (buyerId !== booking.buyerId) return false;
  if (request.kind !== 'hold') return request.bookingId === booking.id;
  if (request.mode !== 'exact') return booking.seats.length === request.quantity;
  return [...booking.seats].sort((a, b) => a - b).join() === request.seats.join();
}

/**
 * Finds the causes of all confirmations and releases in the record. An entry without a possible cause is a breach; for
 * a confirmation, of I5.
 */
export function explainEnds(
  history: readonly Attempt[],
  { bookings }: Timeline,
  findings: Findings,
): Effect[] {
  const effects: Effect[] = [];
  const byBooking = Map.groupBy(history, ({ request }) =>
    request.kind === 'hold' ? '' : `${request.kind} ${request.bookingId}`,
  );
  for (const booking of bookings.values()) {
    for (const [status, kind, rule] of [
      ['CONFIRMED', 'confirm', 'I5'],
      ['RELEASED', 'release', 'not requested'],
    ] as const) {
      const change = changeTo(booking, status);
      if (change === undefined) continue;
      const attempts = byBooking.get(`${kind} ${booking.id}`) ?? [];
      const causes = attempts.filter((attempt) => mayHaveHappened(attempt) && fits(attempt, booking));
      const what = `booking ${booking.id} became ${status} in version ${change.version}`;
      if (causes.length === 0)
        findings.add(
          rule,
          `${what}, but no request for it can have succeeded: ${attempts.map(describeAttempt).join('; ')}`,
        );
      else effects.push({ what, change, attempts: causes });
    }
  }
  return effects;
}

/** Checks that the record contains every successful confirmation and release, for the same buyer (I4). */
export function checkEndsAnswered(
  history: readonly Attempt[],
  { bookings }: Timeline,
  findings: Findings,
): void {
  for (const attempt of history) {
    const { request, outcome } = attempt;
    if (request.kind === 'hold' || outcome.kind !== 'success') continue;
    const status = request.kind === 'confirm' ? 'CONFIRMED' : 'RELEASED';
    const booking = bookings.get(request.bookingId);
    const change = booking === undefined ? undefined : changeTo(booking, status);
    if (booking === undefined || change === undefined)
      findings.add('I4', `not in the record: ${describeAttempt(attempt)}`);
    else if (booking.buyerId !== attempt.buyerId)
      findings.add('owner', `the booking belongs to another buyer: ${describeAttempt(attempt)}`);
    else if (change.clockMs > attempt.answered.wallMs + CLOCK_SLACK_MS)
      findings.add(
        'real time',
        `the response came before the effect at ${change.clockMs}: ${describeAttempt(attempt)}`,
      );
    if (outcome.status !== status || outcome.bookingId !== request.bookingId)
      findings.add('answer', `not what the client requested: ${describeAttempt(attempt)}`);
  }
}
