import type { Sale } from '../sale/sale.ts';
import type { Series, SeriesName } from '../sale/series.ts';

/** What a deployment serves in one moment of a sale. Rates are per second and for all events. */
export interface Load {
  /** Seconds from the beginning of the sale. */
  readonly time: number;
  readonly events: number;
  readonly seatsPerEvent: number;
  readonly tickMs: number;
  /** People with a socket to a waiting room. */
  readonly waiting: number;
  /** People who choose seats or pay. */
  readonly inside: number;
  /** Live maps: of everybody inside, and of a share of the waiting. */
  readonly watching: number;
  /** People who open an event page. */
  readonly visits: number;
  /** Live maps that waiting people open. */
  readonly mapVisits: number;
  readonly joins: number;
  /** Requests for a number after the draw. */
  readonly draws: number;
  readonly admissions: number;
  readonly holds: number;
  /** Holds that succeed. */
  readonly taken: number;
  /** Confirmations, releases and expiries. */
  readonly ends: number;
  readonly batches: number;
  /** Commands of the busiest event. */
  readonly busiest: number;
}

const WINDOW_SECONDS = 5;

/** Returns the load of each window of a sale, averaged over it. */
export function toLoads(series: Series, sale: Sale): Load[] {
  const windows = Array.from({ length: series.seconds / WINDOW_SECONDS }, (_, i) => i * WINDOW_SECONDS);
  return windows.map((from) => {
    const mean = (values: Float64Array) =>
      values.subarray(from, from + WINDOW_SECONDS).reduce((sum, value) => sum + value, 0) / WINDOW_SECONDS;
    const of = (name: SeriesName) => mean(series.of[name]);
    const [waiting, inside, visits] = [of('waiting'), of('inside'), of('visits')];
    return {
      time: from - series.before,
      events: sale.events,
      seatsPerEvent: sale.seatsPerEvent,
      tickMs: sale.tickMs,
      waiting,
      inside,
      watching: inside + sale.watchersShare * waiting,
      visits,
      mapVisits: sale.watchersShare * visits,
      joins: of('joins'),
      draws: of('draws'),
      admissions: of('admissions'),
      holds: of('holds'),
      taken: of('taken'),
      ends: of('ends'),
      batches: of('batches'),
      busiest: mean(series.busiest),
    };
  });
}
