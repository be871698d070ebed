import { catalogTransaction, type CatalogContext } from '../catalog-transaction.ts';
import { InvalidPlanError } from '../errors.ts';
import { readPlan } from './read-plan.ts';
import type { SeatingPlan } from '../seating-plan/seating-plan.ts';
import { venueRows, type VenueRows } from './venue-rows.ts';
import { findVenue, insertVenue, insertVenueSeats } from './venue.sql.ts';

export interface ImportVenueInput {
  /** A user that is written down. */
  readonly organizerId: string;
  /** The text of a seating plan's file. */
  readonly planJson: string;
}

/**
 * Makes a venue of a seating plan, all of it or nothing. The same plan again, be it at the same moment, gives the venue
 * that is there. A large plan is read in another thread, half a second for 80,000 seats.
 *
 * @throws {InvalidPlanError} with every fault of the plan.
 * @throws {BusyError} where too many large plans wait to be read.
 */
export async function importVenue(
  ctx: CatalogContext,
  { organizerId, planJson }: ImportVenueInput,
): Promise<{ venueId: number }> {
  const read = await readPlan(planJson);
  if (!read.ok) throw new InvalidPlanError(read.faults, read.faultCount);
  return { venueId: await storeRows(ctx, organizerId, read.rows) };
}

/** For a plan that has been checked. Keeps the process busy for a while before it writes. */
export function storeVenue(ctx: CatalogContext, organizerId: string, plan: SeatingPlan): Promise<number> {
  return storeRows(ctx, organizerId, venueRows(plan));
}

/** Locks nothing but the place of the plan's hash in its index. */
async function storeRows(ctx: CatalogContext, organizerId: string, rows: VenueRows): Promise<number> {
  return catalogTransaction(ctx, async (tx) => {
    const venueId = await insertVenue(tx, organizerId, rows);
    if (venueId === null) {
      const existing = await findVenue(tx, organizerId, rows.planHash);
      if (existing === null) throw new Error('the venue disappeared while its plan was imported again');
      return existing;
    }
    for (const { count, json } of rows.seats) {
      const written = await insertVenueSeats(tx, venueId, new TextDecoder().decode(json));
      if (written !== count) throw new Error(`${written} seats written, expected ${count}`);
    }
    return venueId;
  });
}
