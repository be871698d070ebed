/** What never changes of an event. */
export interface EventInfo {
  readonly eventId: number;
  readonly venueId: number;
  readonly seatsTotal: number;
  readonly currency: string;
  readonly tiers: readonly {
    readonly name: string;
    readonly amount: number;
    readonly color: string | null;
  }[];
  /** Of everything that the layout is made of. */
  readonly layoutHash: string;
}
