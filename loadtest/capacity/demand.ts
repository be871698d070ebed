/** What users of one moment do. */
export interface Demand {
  /** Simultaneous users. */
  readonly users: number;
  /** Share of the users who watch a live map. */
  readonly watchersShare: number;
  /** Share of the users who choose seats and pay; they watch as well. Everyone else waits. */
  readonly buyersShare: number;
  /** Events among which the users are spread evenly. */
  readonly events: number;
  /** Time in which one buyer holds seats and pays. */
  readonly checkoutSeconds: number;
  /** Share of the holds that are confirmed. */
  readonly confirmShare: number;
  readonly seatsPerHold: number;
  readonly seatsPerEvent: number;
  /** Time in which all users arrive, or reconnect after a failure. */
  readonly arrivalSeconds: number;
  /** FEED_TICK_MS. */
  readonly tickMs: number;
  /** Cores of the PostgreSQL server. */
  readonly databaseCores: number;
  /** Network of one balancer, in Gbit/s. */
  readonly gigabits: number;
  /** Planned utilization of cores and networks. */
  readonly utilization: number;
}

interface DemandOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** Options of `npm run capacity`, with their defaults and ranges. */
export const demandOptions: Readonly<Record<keyof Demand, DemandOption>> = {
  users: { default: 10_000_000, min: 1, max: 1e10, meaning: 'simultaneous users' },
  watchersShare: { default: 0.05, min: 0, max: 1, meaning: 'share of the users who watch a live map' },
  buyersShare: { default: 0.002, min: 0, max: 1, meaning: 'share of the users who are choosing and paying' },
  events: { default: 50, min: 1, max: 1e6, meaning: 'events among which the users are spread' },
  checkoutSeconds: { default: 60, min: 1, max: 3_600, meaning: 'seconds in which one buyer holds and pays' },
  confirmShare: { default: 0.7, min: 0, max: 1, meaning: 'share of the holds that are confirmed' },
  seatsPerHold: { default: 2, min: 1, max: 10, meaning: 'seats of one hold' },
  seatsPerEvent: { default: 80_000, min: 1, max: 1e6, meaning: 'seats of one event' },
  arrivalSeconds: { default: 600, min: 1, max: 86_400, meaning: 'seconds in which all users arrive' },
  tickMs: { default: 100, min: 1, max: 60_000, meaning: 'FEED_TICK_MS' },
  databaseCores: { default: 16, min: 1, max: 1_024, meaning: 'cores of the PostgreSQL server' },
  gigabits: { default: 10, min: 0.1, max: 1_000, meaning: 'network of one balancer in Gbit/s' },
  utilization: { default: 0.6, min: 0.05, max: 1, meaning: 'planned utilization of cores and networks' },
};

export const demandNames = Object.keys(demandOptions) as readonly (keyof Demand)[];

export const defaultDemand = readDemand({});

/** Converts options to a demand. @throws an error that names the option if one is not a number in its range. */
export function readDemand(options: Readonly<Record<string, string | undefined>>): Demand {
  const entries = demandNames.map((name) => {
    const { default: fallback, min, max } = demandOptions[name];
    const text = options[toOption(name)];
    const value = text === undefined ? fallback : Number(text);
    if (text?.trim() === '' || !(value >= min && value <= max))
      throw new Error(`--${toOption(name)} must be a number from ${min} to ${max}`);
    return [name, value];
  });
  const demand = Object.fromEntries(entries) as Record<keyof Demand, number>;
  if (demand.watchersShare + demand.buyersShare > 1)
    throw new Error('--watchers-share and --buyers-share must not exceed 1 together');
  return demand;
}

export function toOption(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
