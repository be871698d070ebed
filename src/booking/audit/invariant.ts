import type { sql } from '../../platform/database/db.ts';

type InvariantId = 'I1' | 'I2' | 'I3' | 'I6' | 'I8' | 'I9' | 'I10' | 'I11' | 'I14';

export interface AuditLimits {
  /** An overdue hold may stand this long: the sweeper's two seconds, and what a crashed worker takes to be replaced. */
  readonly overdueMaxMs: number;
  /** Ten times as long as any transaction of ours may take. */
  readonly openTransactionMaxMs: number;
  /** Records older than this may be in the middle of being pruned, and prove nothing. */
  readonly historyDays: number;
}

/** A statement that returns no row when all is well: event_id, seat_index, booking_id, fault; what does not apply is null. */
export type BreachQuery = ReturnType<typeof sql>;

export interface Invariant {
  readonly id: InvariantId;
  readonly title: string;
  query(limits: AuditLimits): BreachQuery;
}

export interface Breach {
  readonly eventId: number | null;
  readonly seatIndex: number | null;
  readonly bookingId: string | null;
  /** What is wrong, for whoever has to put it right. */
  readonly fault: string;
}

export interface Finding {
  readonly id: InvariantId;
  readonly title: string;
  /** All breaches, not only those shown; null where nothing of it could be checked. */
  readonly count: number | null;
  /** The first of them. */
  readonly breaches: readonly Breach[];
  /** Why it, or a part of it, could not be checked; null where it was. */
  readonly unchecked: string | null;
}
