import type { OrphanRule } from '../../generated/prisma/enums.ts';

/** What never changes of an event. */
export interface EventInfo {
  readonly eventId: number;
  readonly venueId: number;
  readonly seatsTotal: number;
  /** Whether buyers may choose seats that leave a single seat alone. */
  readonly orphanRule: OrphanRule;
  readonly currency: string;
  readonly tiers: readonly {
    readonly name: string;
    readonly amount: number;
    readonly color: string | null;
  }[];
  /** Of everything that the layout is made of. */
  readonly layoutHash: string;
}
