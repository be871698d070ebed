import type { SeatStatus } from '../../generated/prisma/enums.ts';

/** A seat of an event, with what the venue's plan says about it. */
export interface SeatRow {
  readonly eventId: number;
  readonly index: number;
  readonly tierIndex: number;
  readonly status: SeatStatus;
  readonly section: string;
  readonly row: string;
  readonly number: string;
  /** Null: made of the three above. */
  readonly label: string | null;
  /** Its price tier, if that is known already. */
  readonly knownTier?: KnownTier;
}

/** A price tier with its currency. */
export interface KnownTier {
  readonly eventId: number;
  readonly index: number;
  readonly name: string;
  readonly amount: bigint;
  readonly color: string | null;
  readonly currency: string;
}
