import { BusyError, IdempotencyConflictError, NotFoundError } from '../../platform/errors.ts';
import type { DatabaseClock } from '../../platform/database/clock.ts';
import type { EventLayouts } from '../../seating/layout/event-layouts.ts';
import { REQUEST_TTL_MS, toRequestId, type SeatReservation, type Wish } from '../requests/hold-request.ts';
import type { HoldRequestState, RequestReads } from '../requests/read-requests.ts';
import type { RequestQueue } from '../requests/request-queue.ts';
import type { Key } from '../rules/model.ts';

export interface RequestHoldContext {
  readonly requestReads: RequestReads;
  readonly requestQueue: RequestQueue;
  readonly eventLayouts: Pick<EventLayouts, 'publishedInfo'>;
  readonly clock: Pick<DatabaseClock, 'nowMs'>;
  /**
   * Returns whether the buyer is admitted.
   *
   * @throws {AdmissionRequiredError} if not, although the event's waiting room is on, and the hold is no retry.
   */
  requireAdmission(): Promise<boolean>;
  /** Notes that the buyer has a new request, which is decided by then. */
  noteRequest(expiresAtMs: number): void;
  /** Reserves the seats within the limit of the client's address; null if nothing limits them. @throws {RateLimitedError} */
  reserveSeats(): Promise<SeatReservation | null>;
}

type Owned = 'requestId' | 'expiresAtMs' | 'keyHash' | 'inputHash' | 'isAdmitted' | 'reservation';

/** What the buyer wants: the wish without what this function adds. */
type Wanted<Some extends Wish = Wish> = Some extends Wish ? Omit<Some, Owned> : never;

/**
 * Queues a hold and returns at once. A worker takes the request from the queue, and decides it like a direct hold. A call
 * with a key that was used before returns the request of the first call, whatever has become of it.
 *
 * @throws {SelloutError} NotFound, IdempotencyConflict, AdmissionRequired, RateLimited, Busy.
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
  const known = await ctx.requestReads.read(eventId, requestId);
  if (known !== null) return assertSameInput(known, key);
  const isAdmitted = await ctx.requireAdmission();
  const { keyHash, inputHash } = key;
  const expiresAtMs = Math.ceil(ctx.clock.nowMs()) + REQUEST_TTL_MS;
  const {
    ahead,
    buyerId,
    inputHash: storedHash,
    isNew,
  } = await reserveWhile(ctx, async (reservation) =>
    ctx.requestQueue.enqueue(eventId, {
      ...wanted,
      requestId,
      expiresAtMs,
      keyHash,
      inputHash,
      isAdmitted,
      reservation,
    }),
  );
  if (isNew) ctx.noteRequest(expiresAtMs);
  const open = { eventId, requestId, buyerId, inputHash: storedHash };
  return assertSameInput({ ...open, state: { status: 'QUEUED', ahead } }, key);
}

/** Reserves seats while `enqueue` runs, and for a new request beyond it: the worker that decides it goes on with them. */
async function reserveWhile<T extends { readonly isNew: boolean }>(
  ctx: Pick<RequestHoldContext, 'reserveSeats'>,
  enqueue: (reservation: string | null) => Promise<T>,
): Promise<T> {
  const reservation = await ctx.reserveSeats();
  try {
    const queued = await enqueue(reservation?.token ?? null);
    if (!queued.isNew) reservation?.giveBack();
    return queued;
  } catch (error) {
    // With an unknown outcome, the request may be in the queue.
    if (!(error instanceof BusyError && error.outcomeUnknown)) reservation?.giveBack();
    throw error;
  }
}

/** @throws {IdempotencyConflictError} */
function assertSameInput(request: HoldRequestState, { inputHash }: Key): HoldRequestState {
  if (request.inputHash !== inputHash) throw new IdempotencyConflictError(); // guard: request-key-input
  return request;
}
