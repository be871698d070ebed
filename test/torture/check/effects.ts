import { createHash } from 'node:crypto';
import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { changeTo, type BookingLife, type StatusChange, type Timeline } from './timeline.ts';

/** Both clocks are the machine's, cut to the millisecond. */
export const CLOCK_SLACK_MS = 2;

/** One entry of the change record that somebody asked for, with the attempts that can have caused it. */
export interface Effect {
  readonly what: string;
  readonly change: StatusChange;
  readonly attempts: readonly Attempt[];
}

/** Whether the attempt can have had an effect: it succeeded, or nobody knows. */
export function mayHaveHappened({ outcome }: Attempt): boolean {
  return outcome.kind === 'success' || outcome.kind === 'unknown' || outcome.kind === 'wrong';
}

/** The keyed operation that the attempt is, or null. Attempts of one name are one operation, tried again. */
export function keyNameOf({ buyerId, request }: Attempt): string | null {
  if (request.key === null) return null;
  return `${buyerId} ${operationOf(request)} ${sha256(request.key)}`;
}

function operationOf(request: Attempt['request']): string {
  if (request.kind === 'confirm') return 'confirmBooking';
  return request.kind === 'hold' && request.mode === 'best' ? 'holdBestAvailable' : 'holdSeats';
}

/** Keys are hashed as the server hashes them (UTF-16). */
function sha256(key: string): string {
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex');
}

/** Whether the booking is what the attempt asked for. */
export function fits({ buyerId, request }: Attempt, booking: BookingLife): boolean {
  if (buyerId !== booking.buyerId) return false;
  if (request.kind !== 'hold') return request.bookingId === booking.id;
  if (request.mode !== 'exact') return booking.seats.length === request.quantity;
  return [...booking.seats].sort((a, b) => a - b).join() === request.seats.join();
}

/**
 * What the record has under each status that a client can ask for. An entry that nobody can have caused is a breach:
 * of I5 where the seats are sold.
 */
export function endsAskedFor(
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
      ['RELEASED', 'release', 'nobody asked'],
    ] as const) {
      const change = changeTo(booking, status);
      if (change === undefined) continue;
      const attempts = byBooking.get(`${kind} ${booking.id}`) ?? [];
      const causes = attempts.filter((attempt) => mayHaveHappened(attempt) && fits(attempt, booking));
      const what = `booking ${booking.id} became ${status} in version ${change.version}`;
      if (causes.length === 0)
        findings.add(
          rule,
          `${what}; nobody asked for it, or all were refused: ${attempts.map(describeAttempt).join('; ')}`,
        );
      else effects.push({ what, change, attempts: causes });
    }
  }
  return effects;
}

/** Every success of a confirm or release is in the record, for its own buyer (I4). */
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
      findings.add('I4', `the record has nothing of ${describeAttempt(attempt)}`);
    else if (booking.buyerId !== attempt.buyerId)
      findings.add('owner', `the booking is another buyer's: ${describeAttempt(attempt)}`);
    else if (change.clockMs > attempt.answered.wallMs + CLOCK_SLACK_MS)
      findings.add(
        'real time',
        `answered before it happened at ${change.clockMs}: ${describeAttempt(attempt)}`,
      );
    if (outcome.status !== status || outcome.bookingId !== request.bookingId)
      findings.add('answer', `not what was asked for: ${describeAttempt(attempt)}`);
  }
}
