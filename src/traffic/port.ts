/** A hold that was confirmed, released or expired, as far as the rules against probing look at it. */
export interface EndedHold {
  readonly id: string;
  readonly buyerId: string;
  readonly status: string;
  readonly seats: readonly number[];
  readonly createdAtMs: number;
  readonly holdExpiresAtMs: number;
}

/** What became of a queued hold. */
export interface QueuedOutcome {
  readonly eventId: number;
  readonly buyerId: string;
  /** The token of the seats that were reserved for it. */
  readonly reservation: string;
  /** Null if it was refused. */
  readonly held: Omit<EndedHold, 'status' | 'createdAtMs' | 'buyerId'> | null;
  /** The seats that were not available. */
  readonly taken: readonly number[];
}

/** Learns what became of queued holds, after COMMIT. Neither throws nor takes time. */
export interface QueuedHolds {
  noteQueued(outcome: QueuedOutcome): void;
}

/** Learns of holds that have ended, after COMMIT. Neither throws nor takes time. */
export interface EndedHolds {
  note(eventId: number, holds: readonly EndedHold[]): void;
}
