import { describeAttempt } from '../history.ts';
import type { Findings } from './breach.ts';
import { CLOCK_SLACK_MS, type Effect } from './effects.ts';

interface Placed {
  readonly effect: Effect;
  /** The earliest time at which it can have begun. */
  readonly beganMs: number;
  /** The time by which it was done, because a client had the response. */
  readonly doneMs: number;
}

/**
 * Checks that the record's order respects real time: an effect that was answered before another was requested has the
 * lower version, and each effect lies within an attempt that can have caused it.
 */
export function checkRealTime(effects: readonly Effect[], findings: Findings): void {
  for (const effect of effects) {
    if (!effect.attempts.some((attempt) => surrounds(attempt, effect.change.clockMs)))
      findings.add(
        'real time',
        `${effect.what} at ${effect.change.clockMs}, outside ${effect.attempts.map(describeAttempt).join('; ')}`,
      );
  }
  const placed = effects.map(place);
  const byBeginning = placed.toSorted((a, b) => a.beganMs - b.beganMs);
  const byEnd = placed.toSorted((a, b) => a.doneMs - b.doneMs);
  let latest: Placed | undefined;
  let next = 0;
  for (const later of byBeginning) {
    for (let done = byEnd[next]; done !== undefined && done.doneMs < later.beganMs; done = byEnd[++next]) {
      if (latest === undefined || done.effect.change.version > latest.effect.change.version) latest = done;
    }
    if (latest !== undefined && later.effect.change.version <= latest.effect.change.version)
      findings.add(
        'real time',
        `${later.effect.what} was requested after the response to ${latest.effect.what}`,
      );
  }
}

function place(effect: Effect): Placed {
  const done = effect.attempts.flatMap(({ outcome, answered }) =>
    outcome.kind === 'success' ? answered.monotonicMs : [],
  );
  return {
    effect,
    beganMs: Math.min(...effect.attempts.map(({ invoked }) => invoked.monotonicMs)),
    doneMs: Math.min(...done),
  };
}

function surrounds({ invoked, answered, outcome }: Effect['attempts'][number], clockMs: number): boolean {
  const until = outcome.kind === 'success' ? answered.wallMs : Infinity;
  return invoked.wallMs - CLOCK_SLACK_MS <= clockMs && clockMs <= until + CLOCK_SLACK_MS;
}
