import type { RequestHoldContext } from '../../booking/operations/request-hold.ts';
import { InvalidInputError } from '../../platform/errors.ts';
import { checkIdempotencyKey } from '../../platform/idempotency-key.ts';
import type { GraphQLContext } from '../context.ts';

/** @throws {InvalidInputError} if the key is missing, empty or too long. */
export function requireIdempotencyKey(key: string | null | undefined): string {
  // guard: request-needs-key
  if (key == null)
    throw new InvalidInputError('idempotencyKey', 'idempotencyKey is required: it identifies the request.');
  checkIdempotencyKey(key);
  return key;
}

/** @param seats the event and the number of seats that the root field `operation` requests. */
export function toRequestHoldContext(
  ctx: GraphQLContext,
  {
    eventId,
    count,
    operation,
  }: { readonly eventId: number; readonly count: number; readonly operation: string },
): RequestHoldContext {
  const { budget, clock, database, eventLayouts, requestQueue } = ctx;
  const reserveSeats = async () => (await budget?.reserveSeats(eventId, count, operation)) ?? null;
  return { clock, db: database.reads, eventLayouts, requestQueue, reserveSeats };
}
