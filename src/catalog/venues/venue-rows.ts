import { hashPlan } from './plan-hash.ts';
import type { SeatingPlan } from '../seating-plan/seating-plan.ts';

/** A valid plan in the form that the statements need. Plain data and typed arrays, because a worker thread posts it. */
export interface VenueRows {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** JSON. */
  readonly categories: string;
  /** JSON. */
  readonly areas: string;
  readonly planHash: string;
  readonly seatCount: number;
  readonly seats: readonly SeatRows[];
}

/** The seats of one statement, as a JSON array in UTF-8. */
interface SeatRows {
  readonly count: number;
  readonly json: Uint8Array;
}

/** About 300 KB per statement, which the process sends within some milliseconds. */
const SEATS_PER_STATEMENT = 2_500;

export function toVenueRows(plan: SeatingPlan): VenueRows {
  const seats: SeatRows[] = [];
  for (let from = 0; from < plan.seats.length; from += SEATS_PER_STATEMENT) {
    const rows = plan.seats.slice(from, from + SEATS_PER_STATEMENT);
    seats.push({ count: rows.length, json: new TextEncoder().encode(JSON.stringify(rows)) });
  }
  return {
    name: plan.name,
    ...plan.size,
    categories: JSON.stringify(plan.categories),
    areas: JSON.stringify(plan.areas),
    planHash: hashPlan(plan),
    seatCount: plan.seats.length,
    seats,
  };
}
