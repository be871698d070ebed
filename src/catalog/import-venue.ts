import { catalogTransaction, type CatalogContext } from './catalog-transaction.ts';
import { InvalidPlanError } from './errors.ts';
import { hashPlan } from './plan-hash.ts';
import { parseSeatingPlan } from './seating-plan/parse-plan.ts';
import type { SeatingPlan } from './seating-plan/seating-plan.ts';
import { findVenue, insertVenue, insertVenueSeats } from './venue.sql.ts';

export interface ImportVenueInput {
  /** A user that is written down. */
  readonly organizerId: string;
  /** The text of a seating plan's file. */
  readonly planJson: string;
}

/** Some 2.5 MB a statement: a plan of the most seats would be one parameter of 25 MB. */
const SEATS_PER_STATEMENT = 20_000;

/**
 * Makes a venue of a seating plan, all of it or nothing. The same plan again, be it at the same moment, gives the venue
 * that is there. Reading the plan takes the process half a second for 80,000 seats, without a pause.
 *
 * @throws {InvalidPlanError} with every fault of the plan.
 */
export async function importVenue(
  ctx: CatalogContext,
  { organizerId, planJson }: ImportVenueInput,
): Promise<{ venueId: number }> {
  const parsed = parseSeatingPlan(planJson);
  if (!parsed.ok) throw new InvalidPlanError(parsed.faults, parsed.faultCount);
  return { venueId: await storeVenue(ctx, organizerId, parsed.plan) };
}

/** For a plan that has been checked. Locks nothing but the place of the plan's hash in its index. */
export async function storeVenue(
  ctx: CatalogContext,
  organizerId: string,
  plan: SeatingPlan,
): Promise<number> {
  const planHash = hashPlan(plan);
  return catalogTransaction(ctx, async (tx) => {
    const venueId = await insertVenue(tx, organizerId, plan, planHash);
    if (venueId === null) {
      const existing = await findVenue(tx, organizerId, planHash);
      if (existing === null) throw new Error('A venue vanished while its plan was imported again.');
      return existing;
    }
    for (let from = 0; from < plan.seats.length; from += SEATS_PER_STATEMENT) {
      const chunk = plan.seats.slice(from, from + SEATS_PER_STATEMENT);
      const written = await insertVenueSeats(tx, venueId, chunk);
      if (written !== chunk.length) throw new Error(`${written} seats written instead of ${chunk.length}`);
    }
    return venueId;
  });
}
