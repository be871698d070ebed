/** AVAILABLE 0, HELD 1, BOOKED 2, BLOCKED 3: the two bits of SeatStates. */
export type SeatStatusCode = 0 | 1 | 2 | 3;

/**
 * A version of an event's seats, with the batch that made it. The number alone does not identify a version: a database
 * that lost commits gives it to another batch. A batch id is never used twice.
 */
export interface SeatVersion {
  readonly version: number;
  readonly batchId: string;
}

/**
 * What one committed batch did to an event, for everybody who follows it. `fromVersion` is the version that it
 * continues: always `version - 1`.
 */
export interface SeatsChanged extends SeatVersion {
  readonly eventId: number;
  readonly fromVersion: number;
  /** The batch that made the version before. */
  readonly previousBatchId: string;
  /** `[seat index, status]`, the state after the batch, each seat once. */
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
  /** Bookings whose status or seats changed. */
  readonly bookingIds: readonly string[];
}
