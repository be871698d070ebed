import { NotFoundError } from '../platform/errors.ts';
import { catalogTransaction, type CatalogContext } from './catalog-transaction.ts';
import { checkEventFields, type EventFields } from './event-input.ts';
import { insertEvent, insertEventSeats, insertPriceTiers, readOwnVenue, type NewEvent } from './event.sql.ts';
import { priceCategories } from './price-categories.ts';

export interface CreateEventInput extends EventFields {
  readonly organizerId: string;
  readonly venueId: number;
  /** Default DRAFT, which nobody but its organizer sees. */
  readonly status?: 'DRAFT' | 'ON_SALE';
}

/**
 * Makes an event of all seats of a venue, with a price for each of the venue's categories. Locks nothing that exists;
 * takes a second or two for 80,000 seats.
 *
 * @throws {InvalidInputError} for the first field that is wrong, and where not every category has one price.
 * @throws {NotFoundError} where the organizer has no such venue.
 */
export async function createEvent(
  ctx: CatalogContext,
  input: CreateEventInput,
): Promise<{ eventId: number }> {
  return { eventId: await storeEvent(ctx, { ...input, status: input.status ?? 'DRAFT' }) };
}

/** As createEvent, in any status: examples include events that are over. */
export async function storeEvent(ctx: CatalogContext, event: NewEvent): Promise<number> {
  checkEventFields(event);
  const { organizerId, venueId } = event;
  const venue = await readOwnVenue(ctx.db, organizerId, venueId);
  if (venue === null) throw new NotFoundError('There is no such venue of yours.');
  const tiers = priceCategories(venue.categories, event.priceTiers);
  return catalogTransaction(ctx, async (tx) => {
    const eventId = await insertEvent(tx, event, venue.seatCount);
    await insertPriceTiers(tx, eventId, tiers);
    const written = await insertEventSeats(tx, eventId, venueId);
    if (written !== venue.seatCount) {
      throw new Error(`Venue ${venueId} has ${written} seats instead of ${venue.seatCount}`);
    }
    return eventId;
  });
}
