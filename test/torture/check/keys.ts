import { describeAttempt, type Attempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { keyNameOf, mayHaveHappened } from './effects.ts';
import type { Timeline } from './timeline.ts';

/**
 * One effect for each idempotency key (I6): all successes give one booking, which is stored under the key; once one has
 * been answered, the same input gives it again and another input is a conflict; a conflict has a reason.
 */
export function checkKeys(history: readonly Attempt[], { record }: Timeline, findings: Findings): void {
  const stored = new Map(
    record.keys.map((key) => [`${key.buyerId} ${key.operation} ${key.keyHash}`, key.bookingId]),
  );
  for (const [name, attempts] of Map.groupBy(history, keyNameOf)) {
    if (name === null) continue;
    const successes = attempts.filter(({ outcome }) => outcome.kind === 'success');
    const ids = new Set(
      successes.flatMap(({ outcome }) => (outcome.kind === 'success' ? outcome.bookingId : [])),
    );
    const tell = (what: string) => findings.add('I6', `${what}: ${attempts.map(describeAttempt).join('; ')}`);
    if (ids.size > 1) tell(`one key, ${ids.size} bookings`);
    const [id] = ids;
    if (id !== undefined && stored.get(name) !== id) tell(`under the key is stored ${stored.get(name)}`);
    if (new Set(successes.map(inputOf)).size > 1) tell('one key, and another input succeeded with it');
    const first = successes.toSorted((a, b) => a.answered.monotonicMs - b.answered.monotonicMs)[0];
    for (const attempt of attempts) {
      if (attempt.outcome.kind !== 'refused') continue;
      const conflict = attempt.outcome.code === 'IDEMPOTENCY_CONFLICT';
      if (conflict && !mayConflict(attempt, attempts)) tell(`#${attempt.n} is a conflict with nothing`);
      if (first === undefined || attempt.invoked.monotonicMs <= first.answered.monotonicMs) continue;
      if (!conflict) tell(`#${attempt.n} came after the key had succeeded, and was refused`);
    }
  }
}

function mayConflict(attempt: Attempt, attempts: readonly Attempt[]): boolean {
  return attempts.some(
    (other) =>
      mayHaveHappened(other) &&
      inputOf(other) !== inputOf(attempt) &&
      other.invoked.monotonicMs <= attempt.answered.monotonicMs,
  );
}

function inputOf({ request }: Attempt): string {
  return request.kind === 'hold'
    ? `${request.mode} ${request.quantity} ${request.seats.join()}`
    : `${request.kind} ${request.bookingId}`;
}
