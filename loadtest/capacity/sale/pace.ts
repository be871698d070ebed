import type { Costs } from '../inputs.ts';
import { getBatchSize, readBatchTime } from './lane.ts';
import { toCommandCost } from '../model/commands.ts';
import { habits, HOLD_SECONDS, seatsPerBooking } from './habits.ts';
import type { Sale } from './sale.ts';

/** Largest `pacePerMinute` and `insideMax` that `configureWaitingRoom` takes. */
const PACE_MAX = 60_000;
const INSIDE_MAX = 1_000_000;
/** Commands of somebody who was admitted: holds, refused ones included, and the end of the hold. Assumed; the report counts them. */
const COMMANDS_PER_BUYER = 2.5;

export interface Pace {
  /** People per minute and event. */
  readonly perMinute: number;
  readonly by: 'the time to sell' | 'the lane of the event' | 'the cores of PostgreSQL' | 'the setting';
  /** The fastest that lane and PostgreSQL can take. */
  readonly possible: number;
  readonly insideMax: number;
}

/** Chooses the settings of the waiting rooms: as fast as is wanted, but no faster than the measured costs allow. */
export function choosePace(sale: Sale, costs: Costs): Pace {
  const { events, utilization } = sale;
  const offers = sale.seatsPerEvent / seatsPerBooking / habits.confirmShare;
  const wanted = offers / sale.sellMinutes;
  const lane = (60 * utilization * costs.eventCommandsMax) / COMMANDS_PER_BUYER;
  const size = getBatchSize(lane / 60, readBatchTime(costs));
  const micros = toCommandCost(costs, size).postgresMicros.hold;
  const database = (60 * utilization * sale.databaseCores * 1e6) / micros / COMMANDS_PER_BUYER / events;
  const limits = [
    { by: 'the time to sell', value: wanted },
    { by: 'the lane of the event', value: lane },
    { by: 'the cores of PostgreSQL', value: database },
    { by: 'the setting', value: PACE_MAX },
  ] as const;
  const { by, value } = limits.reduce((least, limit) => (limit.value < least.value ? limit : least)); // guard: pace-by-scarcest
  const perMinute = Math.max(1, Math.floor(value));
  // By Little's law, if every admitted buyer kept the slot for the whole time of a hold and a claim.
  const inside = Math.ceil((perMinute * (HOLD_SECONDS + 60)) / 60);
  return {
    perMinute,
    by,
    possible: Math.floor(Math.min(lane, database, PACE_MAX)),
    insideMax: Math.min(INSIDE_MAX, inside),
  };
}
