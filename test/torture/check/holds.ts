import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { CLOCK_SLACK_MS, fits, getKeyName, mayHaveHappened, type Effect } from './effects.ts';
import { hadStatus, isDeadline, type BookingLife, type Timeline } from './timeline.ts';

/** A node decides which holds to show as expired by its own estimate of the database's clock. */
const SHOWN_CLOCK_SLACK_MS = 1_000;

/**
 * Finds the causes of all bookings: each booking has one cause, each success has one booking in the record, and all
 * attempts with one key have at most one booking (I6).
 */
export function explainHolds(history: readonly Attempt[], timeline: Timeline, findings: Findings): Effect[] {
  const { record, bookings } = timeline;
  const holds = history.filter(({ request }) => request.kind === 'hold');
  const causes = new Map<string, Attempt[]>();
  const claim = (bookingId: string, attempts: Attempt[], by: string) => {
    if (causes.has(bookingId))
      findings.add('I6', `booking ${bookingId} is the effect of two requests: also of ${by}`);
    causes.set(bookingId, attempts);
  };

  const keys = new Map(record.keys.map((key) => [`${key.buyerId} ${key.operation} ${key.keyHash}`, key]));
  for (const [name, attempts] of Map.groupBy(holds, getKeyName)) {
    if (name === null) continue;
    const stored = keys.get(name);
    const booking = stored === undefined ? undefined : bookings.get(stored.bookingId);
    if (booking !== undefined)
      claim(
        booking.id,
        attempts.filter((attempt) => mayHaveHappened(attempt) && fits(attempt, booking)),
        name,
      );
  }
  for (const attempt of holds) {
    checkSuccess(attempt, timeline, findings);
    if (attempt.outcome.kind === 'success' && attempt.request.key === null)
      claim(attempt.outcome.bookingId, [attempt], describeAttempt(attempt));
  }
  explainTheRest(holds, timeline, causes, findings);
  return [...causes].flatMap(([id, attempts]) => toEffect(bookings.get(id), attempts, findings));
}

function toEffect(
  booking: BookingLife | undefined,
  attempts: readonly Attempt[],
  findings: Findings,
): Effect[] {
  const change = booking?.statuses[0];
  if (booking === undefined || change === undefined) return [];
  const what = `booking ${booking.id} was made in version ${change.version}`;
  if (attempts.length === 0) {
    findings.add('I6', `${what}, but every attempt that could have made it was refused`);
    return [];
  }
  return [{ what, change, attempts }];
}

/** Checks that the booking of a success is in the record as requested, and had the status that the response shows. */
function checkSuccess(attempt: Attempt, { bookings }: Timeline, findings: Findings): void {
  const { outcome, invoked, answered } = attempt;
  if (outcome.kind !== 'success') return;
  const booking = bookings.get(outcome.bookingId);
  if (booking === undefined) return findings.add('I4', `not in the record: ${describeAttempt(attempt)}`);
  if (!fits(attempt, booking))
    findings.add(
      'I6',
      `received a booking of ${booking.buyerId} with seats ${booking.seats.join()}: ${describeAttempt(attempt)}`,
    );
  if (!isDeadline(booking, outcome.holdExpiresAtMs))
    findings.add('answer', `the deadline is ${booking.holdExpiresAtMs}: ${describeAttempt(attempt)}`);
  const shown = (status: typeof outcome.status) =>
    hadStatus(booking, status, invoked.wallMs - CLOCK_SLACK_MS, answered.wallMs + CLOCK_SLACK_MS);
  const overdue =
    outcome.status === 'EXPIRED' &&
    shown('HOLD') &&
    answered.wallMs + SHOWN_CLOCK_SLACK_MS >= booking.holdExpiresAtMs;
  if (!shown(outcome.status) && !overdue)
    findings.add(
      'answer',
      `the booking was not ${outcome.status} during the request: ${describeAttempt(attempt)}`,
    );
}

/**
 * Explains bookings that no response and no key accounts for, as effects of attempts without a key whose outcome is
 * unknown. Each attempt has at most one effect. Taking the first attempt that fits could leave none for another
 * booking, so a maximum matching decides whether there is an attempt for each.
 */
function explainTheRest(
  holds: readonly Attempt[],
  { bookings }: Timeline,
  causes: Map<string, Attempt[]>,
  findings: Findings,
): void {
  const open = holds.filter(
    (attempt) =>
      attempt.request.key === null && mayHaveHappened(attempt) && attempt.outcome.kind !== 'success',
  );
  const unexplained = [...bookings.values()].filter(({ id }) => !causes.has(id));
  const fitting = new Map(
    unexplained.map((booking) => {
      const madeAt = booking.statuses[0]?.clockMs ?? -Infinity;
      const candidates = open.filter(
        (attempt) => fits(attempt, booking) && attempt.invoked.wallMs <= madeAt + CLOCK_SLACK_MS,
      );
      return [booking.id, candidates];
    }),
  );
  const matched = new Map<Attempt, string>();
  for (const booking of unexplained) {
    const attempts = fitting.get(booking.id) ?? [];
    if (match(booking.id, fitting, matched, new Set())) causes.set(booking.id, attempts);
    else
      findings.add(
        'I6',
        `no request explains booking ${booking.id} (seats ${booking.seats.join()}) unless it already explains another: ${attempts.map(describeAttempt).join('; ')}`,
      );
  }
}

/** Finds an attempt for a booking. Reassigns other bookings if necessary (augmenting paths). */
function match(
  bookingId: string,
  fitting: ReadonlyMap<string, readonly Attempt[]>,
  matched: Map<Attempt, string>,
  tried: Set<Attempt>,
): boolean {
  for (const attempt of fitting.get(bookingId) ?? []) {
    if (tried.has(attempt)) continue;
    tried.add(attempt);
    const other = matched.get(attempt);
    if (other !== undefined && !match(other, fitting, matched, tried)) continue;
    matched.set(attempt, bookingId);
    return true;
  }
  return false;
}
