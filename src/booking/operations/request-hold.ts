import { IdempotencyConflictError, NotFoundError } from '../../platform/errors.ts';
import type { DatabaseClock } from '../../platform/database/clock.ts';
import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import { REQUEST_TTL_MS, toRequestId, type Wish } from '../requests/hold-request.ts';
import { readRequests, type HoldRequestState, type RequestsContext } from '../requests/read-requests.ts';
import type { RequestQueue } from '../requests/request-queue.ts';
import type { Key } from '../rules/model.ts';

export interface RequestHoldContext extends RequestsContext {
  readonly requestQueue: RequestQueue;
  readonly eventLayouts: Pick<EventLayouts, 'publishedInfo'>;
  readonly clock: Pick<DatabaseClock, 'nowMs'>;
}

type Owned = 'requestId' | 'expiresAtMs' | 'keyHash' | 'inputHash';

/** What the buyer wants: the wish without what this function adds. */
type Wanted<Some extends Wish = Wish> = Some extends Wish ? Omit<Some, Owned> : never;

/**
 * Queues a hold and returns at once. A worker takes the request from the queue, and decides it like a direct hold. A call
 * with a key that was used before returns the request of the first call, whatever has become of it.
 *
 * @throws {SelloutError} NotFound, IdempotencyConflict, Busy.
 */
export async function requestHold(
  ctx: RequestHoldContext,
  eventId: number,
  wanted: Wanted,
  key: Key,
): Promise<HoldRequestState> {
  const info = await ctx.eventLayouts.publishedInfo(eventId);
  if (info === null)
    throw new NotFoundError('The event does not exist or is not visible to you. Check the ID.');
  // guard: requested-seats-exist
  if (wanted.operation === 'holdSeats' && wanted.seats.some((seat) => seat >= info.seatsTotal))
    throw new NotFoundError('The seat does not exist or is not visible to you. Check the ID.');
  const requestId = toRequestId(eventId, wanted.buyerId, key);
  const known = (await readRequests(ctx, eventId, [requestId])).get(requestId);
  if (known !== undefined) return assertSameInput(known, key);
  const { keyHash, inputHash } = key;
  const expiresAtMs = Math.ceil(ctx.clock.nowMs()) + REQUEST_TTL_MS;
  const { ahead, ...open } = await ctx.requestQueue.enqueue(eventId, {
    ...wanted,
    requestId,
    expiresAtMs,
    keyHash,
    inputHash,
  });
  return assertSameInput({ eventId, requestId, ...open, state: { status: 'QUEUED', ahead } }, key);
}

/** @throws {IdempotencyConflictError} */
function assertSameInput(request: HoldRequestState, { inputHash }: Key): HoldRequestState {
  if (request.inputHash !== inputHash) throw new IdempotencyConflictError(); // guard: request-key-input
  return request;
}
