import type { EventStatus } from '../../generated/prisma/enums.ts';
import { BusyError, InvalidInputError, NotFoundError } from '../../platform/errors.ts';
import type { CatalogContext } from '../catalog-transaction.ts';
import { changeStatus, readOwnStatus } from './event.sql.ts';

export interface SetEventStatusInput {
  readonly organizerId: string;
  readonly eventId: number;
  readonly status: EventStatus;
}

/** Permitted transitions. None leads to DRAFT, because buyers have seen the event; ENDED and CANCELED are final. */
const nextStatuses: Readonly<Record<EventStatus, readonly EventStatus[]>> = {
  DRAFT: ['ON_SALE', 'CANCELED'],
  ON_SALE: ['PAUSED', 'ENDED', 'CANCELED'],
  PAUSED: ['ON_SALE', 'ENDED', 'CANCELED'],
  ENDED: [],
  CANCELED: [],
};

/** Maximum number of attempts when concurrent calls change the status first. */
const TRIES_MAX = 5;

/**
 * Changes the status of an event; has no effect if the event has that status. Locks the event's row for one statement,
 * which checks that the previous status is still current. A booking batch that assumed it notices in its last
 * statement.
 *
 * @throws {InvalidInputError} field `status`, if the current status does not allow the change, or the sale period has
 *   passed.
 * @throws {NotFoundError} if the organizer has no such event.
 * @throws {BusyError} if concurrent calls kept changing the status.
 */
export async function setEventStatus(ctx: CatalogContext, input: SetEventStatusInput): Promise<void> {
  const { organizerId, eventId, status } = input;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const event = await readOwnStatus(ctx.db, organizerId, eventId);
    if (event === null)
      throw new NotFoundError('The event does not exist or belongs to another organizer. Check the ID.');
    const current = event.status;
    if (current === status) return;
    const possible = nextStatuses[current];
    if (!possible.includes(status)) {
      const rule =
        possible.length === 0 ? `${current} is final` : `it can only change to ${possible.join(' or ')}`;
      throw new InvalidInputError('status', `The event cannot change from ${current} to ${status}: ${rule}.`);
    }
    // guard: no-sale-after-end
    if (status === 'ON_SALE' && event.saleIsOver) {
      throw new InvalidInputError(
        'status',
        'The event cannot be put on sale because its saleEndsAt has passed.',
      );
    }
    if (await changeStatus(ctx.db, eventId, current, status)) return;
  }
  throw new BusyError();
}
