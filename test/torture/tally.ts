import type { EventRecord } from './check/event-record.ts';
import type { Attempt } from './history.ts';

/** Statistics of a run. */
export class Tally {
  attempts = 0;
  events = 0;
  versions = 0;
  steps = 0;
  bookings = 0;
  /** Longest time that a hold stayed after others could take its seats. */
  expiredLateMaxMs = 0;
  readonly outcomes = new Map<string, number>();
  readonly #tookMs: number[] = [];

  add(attempts: readonly Attempt[], record: EventRecord): void {
    this.attempts += attempts.length;
    this.events++;
    this.versions += record.changes.length;
    this.bookings += record.bookings.length;
    const deadlines = new Map(
      record.bookings.map(({ id, takeoverAtMs, creditMs = 0 }) => [id, takeoverAtMs + creditMs]),
    );
    for (const { steps, bookings, clockMs } of record.changes) {
      this.steps += steps.length;
      for (const { id, status } of bookings) {
        const lateMs = clockMs - (deadlines.get(id) ?? clockMs);
        if (status === 'EXPIRED') this.expiredLateMaxMs = Math.max(this.expiredLateMaxMs, lateMs);
      }
    }
    for (const attempt of attempts) {
      const name = nameOf(attempt);
      this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
      this.#tookMs.push(attempt.answered.monotonicMs - attempt.invoked.monotonicMs);
    }
  }

  /** Returns the quantile of the durations of all attempts, answered or not. */
  tookMs(share: number): number {
    const sorted = this.#tookMs.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  }
}

function nameOf({ request, outcome }: Attempt): string {
  const detail = outcome.kind === 'refused' ? outcome.code : outcome.kind === 'success' ? '' : outcome.why;
  return `${request.kind} ${outcome.kind}${detail === '' ? '' : `: ${detail.slice(0, 80)}`}`;
}
