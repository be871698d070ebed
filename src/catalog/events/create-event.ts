import { BusyError, IdempotencyConflictError, NotFoundError } from '../../platform/errors.ts';
import { hashIdempotencyKey, type HashedKey } from '../../platform/idempotency-key.ts';
import { InputErrors } from '../../platform/input-errors.ts';
import { runCatalogTransaction, type CatalogContext } from '../catalog-transaction.ts';
import { checkEventFields, type EventFields } from './event-input.ts';
import { insertEvent, insertEventSeats, insertPriceTiers, readOwnVenue, type NewEvent } from './event.sql.ts';
import { insertOrganizerKey, readOrganizerKey } from './organizer-keys.sql.ts';
import { toPriceTiers } from './price-tiers.ts';

export interface CreateEventInput extends EventFields {
  readonly organizerId: string;
  readonly venueId: number;
  /** Defaults to DRAFT, which only the organizer sees. */
  readonly status?: 'DRAFT' | 'ON_SALE';
  /** Key that the caller chose for this event. Null, the default: every call creates an event. */
  readonly idempotencyKey?: string | null;
}

/**
 * Creates an event with all seats of a venue and a price for each of the venue's categories. Locks no existing rows.
 * Takes one to two seconds for 80,000 seats. After a call with an idempotency key has succeeded, a retry returns its
 * event, even if the input is no longer valid by then.
 *
 * @param nowMs the event must start after this instant.
 * @throws {InvalidInputError} that lists every invalid field.
 * @throws {NotFoundError} if the organizer has no such venue.
 * @throws {IdempotencyConflictError} if a call with the same key and another input has succeeded.
 */
export async function createEvent(
  ctx: CatalogContext,
  { idempotencyKey = null, ...input }: CreateEventInput,
  nowMs = Date.now(),
): Promise<{ eventId: number }> {
  const event: NewEvent = { ...input, status: input.status ?? 'DRAFT' };
  const errors = new InputErrors();
  const key = idempotencyKey === null ? null : errors.run(() => hashKey(idempotencyKey, event));
  const created = key == null ? null : await findCreated(ctx, event.organizerId, key);
  if (created !== null) return { eventId: created };
  return { eventId: await checkAndStore(ctx, event, key ?? null, nowMs, errors) };
}

/** Creates an event like createEvent, but in any status and at any time: examples include past events. */
export function storeEvent(ctx: CatalogContext, event: NewEvent): Promise<number> {
  return checkAndStore(ctx, event, null, null, new InputErrors());
}

async function checkAndStore(
  ctx: CatalogContext,
  event: NewEvent,
  key: HashedKey | null,
  nowMs: number | null,
  errors: InputErrors,
): Promise<number> {
  const { organizerId, venueId } = event;
  errors.run(() => checkEventFields(event, nowMs));
  const venue = await readOwnVenue(ctx.db, organizerId, venueId);
  const tiers =
    venue === null ? undefined : errors.run(() => toPriceTiers(venue.categories, event.priceTiers));
  errors.assertNone();
  if (venue === null || tiers === undefined)
    throw new NotFoundError('The venue does not exist or belongs to another organizer. Check the ID.');
  try {
    return await runCatalogTransaction(ctx, async (tx) => {
      const eventId = await insertEvent(tx, event, venue.seatCount);
      if (key !== null && !(await insertOrganizerKey(tx, organizerId, 'createEvent', key, eventId)))
        // guard: concurrent-organizer-key
        throw new KeyTaken();
      await insertPriceTiers(tx, eventId, tiers);
      const written = await insertEventSeats(tx, eventId, venueId);
      if (written !== venue.seatCount) {
        throw new Error(`venue ${venueId} has ${written} seats, expected ${venue.seatCount}`);
      }
      return eventId;
    });
  } catch (error) {
    if (!(error instanceof KeyTaken) || key === null) throw error;
    const created = await findCreated(ctx, organizerId, key);
    if (created === null) throw new BusyError();
    return created;
  }
}

/** Rolls back the transaction, because a concurrent call with the same key has committed. */
class KeyTaken extends Error {}

/** Finds the event that a call with the key has created. @throws {IdempotencyConflictError} */
async function findCreated(
  { db }: CatalogContext,
  organizerId: string,
  { keyHash, inputHash }: HashedKey,
): Promise<number | null> {
  const used = await readOrganizerKey(db, organizerId, 'createEvent', keyHash);
  if (used !== null && used.inputHash !== inputHash) throw new IdempotencyConflictError(); // guard: organizer-key-input
  return used?.eventId ?? null;
}

/**
 * Hashes the key and all fields, in any order of the price tiers. Omits unset fields, so that the hash of an old input
 * stays the same when the input gets new optional fields.
 */
function hashKey(key: string, { organizerId: _, priceTiers, ...fields }: NewEvent): HashedKey {
  const tiers = priceTiers.map(({ category, name, amount }) => JSON.stringify([category, name, amount]));
  const set = Object.entries(fields).filter(([, value]) => value != null);
  return hashIdempotencyKey(key, [set.sort(([a], [b]) => (a < b ? -1 : 1)), tiers.sort()]);
}
