import type { RequestHoldContext } from '../../booking/operations/request-hold.ts';
import { isKeyUsed } from '../../booking/operations/find-used-key.sql.ts';
import type { Key } from '../../booking/rules/model.ts';
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

interface Requested {
  readonly eventId: number;
  readonly buyerId: string;
  /** The number of seats. */
  readonly count: number;
  /** Seat indexes; absent if the server chooses. */
  readonly seats?: readonly number[];
  /** The name of the root field. */
  readonly operation: string;
  readonly key: Key;
  readonly admissionToken?: string | null | undefined;
  readonly solution?: string | null | undefined;
}

export function toRequestHoldContext(ctx: GraphQLContext, requested: Requested): RequestHoldContext {
  const { budget, clock, database, eventLayouts, requestQueue, requestReads, waitingRooms } = ctx;
  const { eventId, buyerId, count, seats = [], operation, key, admissionToken, solution } = requested;
  const isRetry = () => isKeyUsed(database.reads, eventId, buyerId, key);
  return {
    clock,
    eventLayouts,
    requestQueue,
    requestReads,
    requireAdmission: () =>
      waitingRooms.requireAdmission(admissionToken, { eventId, buyerId, mode: 'QUEUED', isRetry }),
    noteRequest: (expiresAtMs) => waitingRooms.noteHold(eventId, buyerId, expiresAtMs),
    reserveSeats: async () => {
      const reserving = budget?.reserveSeats({ eventId, count, seats, operation, solution });
      return (await reserving) ?? null;
    },
  };
}
