/** Size of a run. Options of the command override single values. */
export interface Size {
  /** Arrivals per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly buyers: number;
  /** Sockets of the repository's own reader. */
  readonly watchers: number;
  /** Sockets that k6 opens. */
  readonly sampleSockets: number;
  readonly thinkSeconds: number;
  readonly virtualUsers: number;
  /** Only of an on-sale. */
  readonly sale?: SaleSize;
}

/** Sizes of an on-sale besides those of every run. `buyers` are all who arrive, bots included. */
export interface SaleSize {
  readonly seats: number;
  readonly apiProcesses: number;
  /** Processes that hold the sockets of those who wait. */
  readonly crowdProcesses: number;
  readonly pacePerMinute: number;
  readonly insideMax: number;
  readonly holdTtlMs: number;
  /** Share of the arrivals that are bots. */
  readonly botShare: number;
  /** Share of the arrivals before the sale begins. */
  readonly lobbyShare: number;
  /** Time over which clients spread their request for a number after the draw. */
  readonly rejoinSeconds: number;
  /** Time from the beginning of the sale within which the hall must sell out. */
  readonly sellOutSeconds: number;
}

export interface Scenario {
  readonly name: string;
  /** What the scenario proves, for the report. */
  readonly proves: string;
  readonly full: Size;
  /** Small size for CI. */
  readonly small: Size;
  /** Whether the run has a fixed number of attempts, one per buyer, so that its duration follows from the rate. */
  readonly oncePerBuyer?: true;
  /** Whether limits on latency apply. A storm exceeds the load for which they are promised. */
  readonly limitsLatency?: true;
  /** Returns the number of free seats that a run needs at least. Default: one. */
  readonly seatsNeeded?: (size: Size) => number;
  /** k6 counter that must equal the number of bookings in the database. */
  readonly acknowledged?: 'holds_won';
}

export const SEATS = 20_000;

const quiet = { sampleSockets: 0, thinkSeconds: 0 };

export const scenarios: readonly Scenario[] = [
  {
    name: 'same-seat',
    proves: 'Thousands of buyers want one seat within seconds. Exactly one books it.',
    oncePerBuyer: true,
    acknowledged: 'holds_won',
    full: { ...quiet, rate: 500, seconds: 10, buyers: 5_000, watchers: 50, virtualUsers: 1_500 },
    small: { ...quiet, rate: 100, seconds: 5, buyers: 500, watchers: 10, virtualUsers: 200 },
  },
  {
    name: 'hold-storm',
    proves:
      'Buyers hold seats faster than they think: first distinct seats, all of which succeed, then popular ones by Zipf’s distribution. The database has exactly the holds that buyers were told of.',
    acknowledged: 'holds_won',
    // The distinct holds take half of the free seats at most.
    seatsNeeded: ({ rate, seconds }) => 2 * rate * seconds + 10,
    full: { ...quiet, rate: 400, seconds: 20, buyers: 1_000, watchers: 50, virtualUsers: 600 },
    small: { ...quiet, rate: 50, seconds: 8, buyers: 200, watchers: 10, virtualUsers: 150 },
  },
  {
    name: 'checkout',
    limitsLatency: true,
    proves:
      'Buyers browse, think, hold, think and confirm; some release their seats, some leave. Maps stay correct.',
    full: {
      rate: 20,
      seconds: 60,
      buyers: 1_200,
      watchers: 50,
      sampleSockets: 0,
      thinkSeconds: 3,
      virtualUsers: 600,
    },
    small: {
      rate: 8,
      seconds: 12,
      buyers: 100,
      watchers: 10,
      sampleSockets: 0,
      thinkSeconds: 1,
      virtualUsers: 150,
    },
  },
  {
    name: 'fan-out',
    limitsLatency: true,
    proves: 'Every watcher sees every change, in order, soon after its COMMIT.',
    full: {
      rate: 20,
      seconds: 30,
      buyers: 1_000,
      watchers: 1_000,
      sampleSockets: 50,
      thinkSeconds: 0,
      virtualUsers: 100,
    },
    small: {
      rate: 10,
      seconds: 10,
      buyers: 100,
      watchers: 100,
      sampleSockets: 10,
      thinkSeconds: 0,
      virtualUsers: 50,
    },
  },
  {
    name: 'onsale',
    limitsLatency: true,
    oncePerBuyer: true,
    proves:
      'Far more people than seats arrive within a minute, bots among them. The waiting room admits them in the published order, the hall sells out, and limits stay on.',
    full: {
      ...quiet,
      rate: 334,
      seconds: 60,
      buyers: 20_000,
      watchers: 0,
      thinkSeconds: 3,
      virtualUsers: 240,
      sale: {
        seats: 1_222,
        apiProcesses: 2,
        crowdProcesses: 2,
        pacePerMinute: 300,
        insideMax: 200,
        holdTtlMs: 60_000,
        botShare: 0.1,
        lobbyShare: 0.75,
        rejoinSeconds: 30,
        sellOutSeconds: 600,
      },
    },
    small: {
      ...quiet,
      rate: 100,
      seconds: 6,
      buyers: 600,
      watchers: 0,
      thinkSeconds: 0.5,
      virtualUsers: 60,
      sale: {
        seats: 122,
        apiProcesses: 1,
        crowdProcesses: 1,
        pacePerMinute: 900,
        insideMax: 50,
        holdTtlMs: 4_000,
        botShare: 0.2,
        lobbyShare: 0.75,
        rejoinSeconds: 2,
        sellOutSeconds: 120,
      },
    },
  },
  {
    name: 'soak',
    limitsLatency: true,
    proves: 'A mix of everything for a long time: nothing leaks, drifts or piles up.',
    full: {
      rate: 10,
      seconds: 600,
      buyers: 2_000,
      watchers: 200,
      sampleSockets: 20,
      thinkSeconds: 3,
      virtualUsers: 300,
    },
    small: {
      rate: 5,
      seconds: 15,
      buyers: 100,
      watchers: 20,
      sampleSockets: 5,
      thinkSeconds: 1,
      virtualUsers: 80,
    },
  },
];
