/** AVAILABLE 0, HELD 1, BOOKED 2, BLOCKED 3: the two bits of SeatStates. */
export type SeatStatusCode = 0 | 1 | 2 | 3;

/**
 * What one committed batch did to an event, for everybody who follows it. `fromVersion` is the version that it
 * continues (always `version - 1`, but for the marked jumps after a failover).
 */
export interface SeatsChanged {
  readonly eventId: number;
  readonly fromVersion: number;
  readonly version: number;
  /** `[seat index, status]`, the state after the batch, each seat once. */
  readonly seats: readonly (readonly [number, SeatStatusCode])[];
  /** Bookings whose status or seats changed. */
  readonly bookingIds: readonly string[];
}
