import type { PrismaClient } from '../../platform/database/db.ts';
import { BusyError } from '../../platform/errors.ts';
import type { OpenRequest, RequestQueue } from './request-queue.ts';
import type { RequestOutcome } from '../rules/model.ts';
import { readSettledRequests } from './settled-requests.sql.ts';

export interface RequestsContext {
  readonly db: PrismaClient;
  readonly requestQueue: Pick<RequestQueue, 'readOpen'>;
}

/** A hold request as its buyer sees it. */
export interface HoldRequestState {
  readonly eventId: number;
  readonly requestId: string;
  readonly buyerId: string;
  readonly inputHash: string;
  readonly state: RequestOutcome | { readonly status: 'QUEUED'; readonly ahead: number };
}

/**
 * Reads requests of one event: from the queue first, then from the database. A request that is settled in between is
 * found there; the other way around, it would be found nowhere.
 *
 * @returns them by ID. A request that is neither queued nor settled is missing: it never existed, or Redis has lost it.
 * @throws {BusyError} if Redis is unavailable and not all of them are settled.
 */
export async function readRequests(
  ctx: RequestsContext,
  eventId: number,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, HoldRequestState>> {
  const found = new Map<string, HoldRequestState>();
  const open = await readOpenUnlessAway(ctx, eventId, requestIds);
  for (const [i, requestId] of requestIds.entries()) {
    const request = open?.[i];
    if (request == null) continue;
    const { ahead, ...owner } = request;
    found.set(requestId, { eventId, requestId, ...owner, state: { status: 'QUEUED', ahead } });
  }
  for (const { outcome, ...request } of await readSettledRequests(ctx.db, eventId, requestIds)) {
    found.set(request.requestId, { eventId, ...request, state: outcome });
  }
  if (open === null && requestIds.some((id) => !found.has(id))) throw new BusyError();
  return found;
}

/** Returns null while Redis is unavailable. */
async function readOpenUnlessAway(
  { requestQueue }: RequestsContext,
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
