/** An on-sale and the machines that serve it. */
export interface Sale {
  /** People who open an event page before the hall is sold out or the sale ends. */
  readonly arrivals: number;
  readonly events: number;
  readonly seatsPerEvent: number;
  /** Share of the people who arrive in the lobby, before the sale. */
  readonly lobbyShare: number;
  /** Mean time in which the others arrive after the sale has begun. */
  readonly lateMinutes: number;
  /** Time in which all seats are to be offered once. */
  readonly sellMinutes: number;
  /** Time over which the lobby asks for its numbers after the draw. */
  readonly drawSeconds: number;
  /** Share of the waiting people who also watch a live map. */
  readonly watchersShare: number;
  /** FEED_TICK_MS. */
  readonly tickMs: number;
  /** Cores of the PostgreSQL server. */
  readonly databaseCores: number;
  /** Network of one balancer, in Gbit/s. */
  readonly gigabits: number;
  /** Planned utilization of cores and networks. */
  readonly utilization: number;
  readonly seed: number;
}

interface SaleOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** Options of `npm run capacity`, with their defaults and ranges. */
export const saleOptions: Readonly<Record<keyof Sale, SaleOption>> = {
  arrivals: { default: 10_000_000, min: 1, max: 2e7, meaning: 'people who arrive' },
  events: { default: 50, min: 1, max: 1_000, meaning: 'events that go on sale at once' },
  seatsPerEvent: { default: 60_000, min: 1, max: 1e6, meaning: 'seats of one event' },
  lobbyShare: { default: 0.7, min: 0, max: 1, meaning: 'share of the people who arrive in the lobby' },
  lateMinutes: { default: 5, min: 0.1, max: 60, meaning: 'mean minutes after which the others arrive' },
  sellMinutes: { default: 10, min: 0.1, max: 60, meaning: 'minutes in which all seats are offered once' },
  drawSeconds: {
    default: 60,
    min: 1,
    max: 600,
    meaning: 'seconds over which the lobby asks for its numbers',
  },
  watchersShare: { default: 0.05, min: 0, max: 1, meaning: 'share of the waiting who watch a live map' },
  tickMs: { default: 100, min: 1, max: 60_000, meaning: 'FEED_TICK_MS' },
  databaseCores: { default: 16, min: 1, max: 1_024, meaning: 'cores of the PostgreSQL server' },
  gigabits: { default: 10, min: 0.1, max: 1_000, meaning: 'network of one balancer in Gbit/s' },
  utilization: { default: 0.6, min: 0.05, max: 1, meaning: 'planned utilization of cores and networks' },
  seed: { default: 1, min: 0, max: 4_294_967_295, meaning: 'seed of the simulation' },
};

export const saleNames = Object.keys(saleOptions) as readonly (keyof Sale)[];
/** Seats of all events. */
const SEATS_MAX = 2e7;
const wholeNames: ReadonlySet<string> = new Set(['arrivals', 'events', 'seatsPerEvent', 'seed']);

export const defaultSale = readSale({});

/** Converts options to a sale. @throws an error that names the option if one is not a number in its range. */
export function readSale(options: Readonly<Record<string, string | undefined>>): Sale {
  const entries = saleNames.map((name) => {
    const { default: fallback, min, max } = saleOptions[name];
    const text = options[toOption(name)];
    const value = text === undefined ? fallback : Number(text);
    const isWhole = !wholeNames.has(name) || Number.isInteger(value);
    if (text?.trim() === '' || !(value >= min && value <= max && isWhole))
      throw new Error(
        `--${toOption(name)} must be a ${wholeNames.has(name) ? 'whole ' : ''}number from ${min} to ${max}`,
      );
    return [name, value];
  });
  const sale = Object.fromEntries(entries) as Record<keyof Sale, number>;
  if (sale.events > sale.arrivals) throw new Error('--events must not exceed --arrivals');
  if (sale.events * sale.seatsPerEvent > SEATS_MAX)
    throw new Error(`--events times --seats-per-event must not exceed ${SEATS_MAX}`);
  return sale;
}

/** Returns the command that prints this sale. */
export function toCommand(sale: Sale): string {
  const options = saleNames
    .filter((name) => sale[name] !== saleOptions[name].default)
    .map((name) => ` --${toOption(name)} ${sale[name]}`);
  return `npm run capacity${options.length > 0 ? ` --${options.join('')}` : ''}`;
}

export function toOption(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
