/*
 * Holds do not expire against buyers who could not confirm: the time of an outage does not count. Every place that compares a
 * hold's deadline uses `getDeadlineMs` here, or the same rule as SQL in outages.sql.ts; a property test compares the two.
 */

/** A period in which writes did not work, as the database has it. No two overlap. */
export interface Outage {
  readonly startedAtMs: number;
  /** Null while it lasts. */
  readonly endedAtMs: number | null;
  /** From then on, time counts again although the outage lasts. */
  readonly creditedUntilMs: number;
}

/** What the database has of outages. It only grows, so a deadline that is computed from it is kept. */
export interface RecordedOutages {
  readonly outages: readonly Outage[];
  /** The last probe. It is certain that an outage that lasts will count until then, or longer. */
  readonly probedAtMs: number;
}

/** The times of a hold, as its row has them. */
export interface HoldTimes {
  readonly createdAtMs: number;
  readonly holdExpiresAtMs: number;
}

/**
 * Returns when a hold expires: when it has lived as long as it may, outages aside.
 *
 * @param outages in the order of their start.
 * @param lastsUntilMs the time until which an outage that lasts counts.
 */
export function getDeadlineMs(
  { createdAtMs, holdExpiresAtMs }: HoldTimes,
  outages: readonly Outage[],
  lastsUntilMs: number,
): number {
  let deadlineMs = holdExpiresAtMs;
  for (const { startedAtMs, endedAtMs, creditedUntilMs } of outages) {
    if (startedAtMs >= deadlineMs) break; // guard: outage-after-deadline
    const endMs = Math.min(endedAtMs ?? lastsUntilMs, creditedUntilMs); // guard: outage-credit-bounded
    deadlineMs += Math.max(0, endMs - Math.max(startedAtMs, createdAtMs)); // guard: outage-before-hold
  }
  return deadlineMs;
}

/** Adds an outage that the database does not have yet to those that it has. */
export function addOutage(known: readonly Outage[], current: Outage): Outage[] {
  const { startedAtMs } = current;
  const isBefore = ({ endedAtMs }: Outage) => endedAtMs !== null && endedAtMs < startedAtMs;
  const merged = known.filter((outage) => !isBefore(outage));
  return [
    ...known.filter(isBefore),
    {
      startedAtMs: Math.min(startedAtMs, ...merged.map((outage) => outage.startedAtMs)),
      endedAtMs: null,
      creditedUntilMs: Math.max(
        current.creditedUntilMs,
        ...merged.map(({ creditedUntilMs }) => creditedUntilMs),
      ),
    },
  ];
}
