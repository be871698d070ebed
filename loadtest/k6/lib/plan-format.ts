/** Parameters of one run. The runner writes them as JSON, and the k6 script reads them. */
export interface Plan {
  readonly baseUrl: string;
  /** ID of the event on sale. */
  readonly eventId: string;
  /** Number of the event, which is part of the IDs of its seats. */
  readonly eventNumber: number;
  readonly seatCount: number;
  /** Number of seats that are free at the start. */
  readonly freeSeats: number;
  /** Arrivals per second: of buyers, or of attempts in a storm. */
  readonly rate: number;
  readonly seconds: number;
  readonly buyers: number;
  /** Mean pause of a buyer who reads or types. */
  readonly thinkSeconds: number;
  /** Number of sockets that k6 itself opens. */
  readonly sampleSockets: number;
  /** Virtual users that k6 creates before the start, so that none has to be created under load. */
  readonly virtualUsers: number;
  /** Whether thresholds on latency apply. They are off in CI, whose machines are shared. */
  readonly latencyLimits: boolean;
  /** Only of an on-sale: where virtual users get those who are called. */
  readonly handover?: {
    readonly url: string;
    /** The kind of people that each virtual user plays. */
    readonly kinds: readonly string[];
    readonly holdTtlSeconds: number;
  };
}
