import { runCatalogTransaction, type CatalogContext } from '../catalog-transaction.ts';
import { InvalidPlanError } from '../errors.ts';
import { InvalidInputError } from '../../platform/errors.ts';
import { readPlan } from './read-plan.ts';
import type { SeatingPlan } from '../seating-plan/seating-plan.ts';
import { checkTimeZone } from './time-zone.ts';
import { toVenueRows, type VenueRows } from './venue-rows.ts';
import { findVenue, insertVenue, insertVenueSeats } from './venue.sql.ts';

export interface ImportVenueInput {
  /** A user with a stored row. */
  readonly organizerId: string;
  /** The text of a seating plan file. */
  readonly planJson: string;
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
}

/**
 * Creates a venue from a seating plan, all or nothing. Another import of the same plan, even a concurrent one, returns
 * the existing venue. A large plan is parsed in a worker thread: half a second for 80,000 seats.
 *
 * @throws {InvalidPlanError} that lists the faults of the plan.
 * @throws {InvalidInputError} if the time zone is not an IANA name, or not that of the existing venue.
 * @throws {BusyError} if too many large plans wait.
 */
export async function importVenue(
  ctx: CatalogContext,
  { organizerId, planJson, timeZone }: ImportVenueInput,
): Promise<{ venueId: number }> {
  checkTimeZone(timeZone);
  const read = await readPlan(planJson);
  if (!read.ok) throw new InvalidPlanError(read.faults, read.faultCount);
  return { venueId: await storeRows(ctx, { organizerId, timeZone }, read.rows) };
}

/** Creates a venue from a valid plan. Blocks the event loop for a while before it writes. */
export function storeVenue(ctx: CatalogContext, owner: VenueOwner, plan: SeatingPlan): Promise<number> {
  return storeRows(ctx, owner, toVenueRows(plan));
}

interface VenueOwner {
  readonly organizerId: string;
  readonly timeZone: string;
}

/** Locks only the entry of the plan's hash in its unique index. */
async function storeRows(ctx: CatalogContext, owner: VenueOwner, rows: VenueRows): Promise<number> {
  return runCatalogTransaction(ctx, async (tx) => {
    const venueId = await insertVenue(tx, owner, rows);
    if (venueId === null) {
      const existing = await findVenue(tx, owner.organizerId, rows.planHash);
      if (existing === null) throw new Error('the venue disappeared while its plan was imported again');
      // guard: time-zone-of-a-venue
      if (existing.timeZone !== owner.timeZone) {
        throw new InvalidInputError(
          'timeZone',
          `The plan has been imported with the time zone ${existing.timeZone}, and a venue never changes. Use that zone.`,
        );
      }
      return existing.id;
    }
    for (const { count, json } of rows.seats) {
      const written = await insertVenueSeats(tx, venueId, new TextDecoder().decode(json));
      if (written !== count) throw new Error(`${written} seats written, expected ${count}`);
    }
    return venueId;
  });
}
