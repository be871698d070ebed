import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { getKeyName, mayHaveHappened } from './effects.ts';
import type { Timeline } from './timeline.ts';

/**
 * Checks that each idempotency key has one effect (I6): all successes return the booking stored under the key; after
 * the first response, the same input returns it again and other input is a conflict; and every conflict has a reason.
 */
export function checkKeys(history: readonly Attempt[], { record }: Timeline, findings: Findings): void {
  const stored = new Map(
    record.keys.map((key) => [`${key.buyerId} ${key.operation} ${key.keyHash}`, key.bookingId]),
  );
  for (const [name, attempts] of Map.groupBy(history, getKeyName)) {
    if (name === null) continue;
    const successes = attempts.filter(({ outcome }) => outcome.kind === 'success');
    const ids = new Set(
      successes.flatMap(({ outcome }) => (outcome.kind === 'success' ? outcome.bookingId : [])),
    );
    const tell = (what: string) => findings.add('I6', `${what}: ${attempts.map(describeAttempt).join('; ')}`);
    if (ids.size > 1) tell(`${ids.size} bookings for one key`);
    const [id] = ids;
    if (id !== undefined && stored.get(name) !== id)
      tell(`booking ${stored.get(name)} is stored under the key`);
    if (new Set(successes.map(describeInput)).size > 1) tell('two inputs succeeded with one key');
    const first = successes.toSorted((a, b) => a.answered.monotonicMs - b.answered.monotonicMs)[0];
    for (const attempt of attempts) {
      if (attempt.outcome.kind !== 'refused') continue;
      const conflict = attempt.outcome.code === 'IDEMPOTENCY_CONFLICT';
      if (conflict && !mayConflict(attempt, attempts)) tell(`#${attempt.n} is a conflict without a cause`);
      if (first === undefined || attempt.invoked.monotonicMs <= first.answered.monotonicMs) continue;
      if (!conflict) tell(`#${attempt.n} was refused after the key had succeeded`);
    }
  }
}

function mayConflict(attempt: Attempt, attempts: readonly Attempt[]): boolean {
  return attempts.some(
    (other) =>
      mayHaveHappened(other) &&
      describeInput(other) !== describeInput(attempt) &&
      other.invoked.monotonicMs <= attempt.answered.monotonicMs,
  );
}

function describeInput({ request }: Attempt): string {
  return request.kind === 'hold'
    ? `${request.mode} ${request.quantity} ${request.seats.join()}`
    : `${request.kind} ${request.bookingId}`;
}
