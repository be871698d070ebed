import type { sql } from '../../platform/database/db.ts';

type InvariantId = 'I1' | 'I2' | 'I3' | 'I6' | 'I8' | 'I9' | 'I10' | 'I11' | 'I14';

export interface AuditLimits {
  /** Maximum age of an overdue hold: two seconds for the sweeper, and the time until a crashed worker is replaced. */
  readonly overdueMaxMs: number;
  /** Maximum age of an open transaction: ten times the longest that the server allows itself. */
  readonly openTransactionMaxMs: number;
  /** Older change records are being pruned, so the audit ignores them. */
  readonly historyDays: number;
}

/** A statement that returns one row for each breach: event_id, seat_index, booking_id, fault. The IDs can be null. */
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
  /** Description of the breach for the operator. */
  readonly fault: string;
}

export interface Finding {
  readonly id: InvariantId;
  readonly title: string;
  /** Number of all breaches, including those not in `breaches`; null if nothing could be checked. */
  readonly count: number | null;
  /** The first breaches. */
  readonly breaches: readonly Breach[];
  /** Why the invariant or a part of it could not be checked; null if it was checked completely. */
  readonly unchecked: string | null;
}
