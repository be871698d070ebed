import { batchCalls } from '../../platform/call-batches.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import { BusyError } from '../../platform/errors.ts';
import type { OpenRequest, RequestQueue } from './request-queue.ts';
import type { RequestOutcome } from '../rules/model.ts';
import { readRequestedBookings, readSettledRequests, type BookingRow } from './settled-requests.sql.ts';

/** Maximum number of requests that one command and one statement read. */
const READ_TOGETHER_MAX = 1_000;

export interface RequestReadsContext {
  readonly db: PrismaClient;
  readonly requestQueue: Pick<RequestQueue, 'readOpen'>;
}

/** A hold request as its buyer sees it. */
export interface HoldRequestState {
  readonly eventId: number;
  readonly requestId: string;
  readonly buyerId: string;
  readonly inputHash: string;
  readonly state:
    | { readonly status: 'QUEUED'; readonly ahead: number }
    | { readonly status: 'DONE'; readonly booking: BookingRow }
    | Exclude<RequestOutcome, { readonly status: 'DONE' }>;
}

/** Reads hold requests. All requests that are asked for in one turn of the event loop are read together. */
export class RequestReads {
  readonly #read: (eventId: number, requestId: string) => Promise<HoldRequestState | null>;

  constructor(ctx: RequestReadsContext) {
    this.#read = batchCalls<number, string, HoldRequestState | null>(
      (eventId, requestIds) => readAll(ctx, eventId, requestIds),
      READ_TOGETHER_MAX,
    );
  }

  /**
   * Returns null for a request that is neither queued nor settled: it never existed, or Redis has lost it.
   *
   * @throws {BusyError} if Redis is unavailable and the request is not settled.
   */
  read(eventId: number, requestId: string): Promise<HoldRequestState | null> {
    return this.#read(eventId, requestId);
  }
}

/**
 * Reads requests of one event: from the queue first, then from the database. A request that is settled in between is
 * found there; the other way around, it would be found nowhere.
 */
async function readAll(
  { db, requestQueue }: RequestReadsContext,
  eventId: number,
  requestIds: readonly string[],
): Promise<readonly (HoldRequestState | BusyError | null)[]> {
  const open = await readOpenUnlessAway(requestQueue, eventId, requestIds);
  const settled = await readSettled(db, eventId, requestIds);
  return requestIds.map((requestId, i) => {
    const known = settled.get(requestId);
    if (known !== undefined) return known;
    if (open === null) return new BusyError();
    const request = open[i];
    if (request == null) return null;
    const { ahead, ...owner } = request;
    return { eventId, requestId, ...owner, state: { status: 'QUEUED', ahead } };
  });
}

/** Returns null while Redis is unavailable. */
async function readOpenUnlessAway(
  requestQueue: Pick<RequestQueue, 'readOpen'>,
  eventId: number,
  requestIds: readonly string[],
): Promise<readonly (OpenRequest | null)[] | null> {
  try {
    return await requestQueue.readOpen(eventId, requestIds);
  } catch (error) {
    if (error instanceof BusyError) return null;
    throw error;
  }
}

async function readSettled(
  db: PrismaClient,
  eventId: number,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, HoldRequestState>> {
  const settled = await readSettledRequests(db, eventId, requestIds);
  const bookingIds = settled.flatMap(({ outcome }) => (outcome.status === 'DONE' ? outcome.bookingId : []));
  const rows = bookingIds.length === 0 ? [] : await readRequestedBookings(db, eventId, bookingIds);
  const bookings = new Map(rows.map((row) => [row.id, row]));
  return new Map(
    settled.flatMap(({ outcome, ...request }) => {
      const state = outcome.status === 'DONE' ? toDone(bookings.get(outcome.bookingId)) : outcome;
      return state === null ? [] : [[request.requestId, { eventId, ...request, state }] as const];
    }),
  );
}

/** Returns null without a booking: only the deletion of the whole event deletes it. */
function toDone(booking: BookingRow | undefined) {
  return booking === undefined ? null : ({ status: 'DONE', booking } as const);
}
