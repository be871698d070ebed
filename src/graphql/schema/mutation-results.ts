import type { GraphQLResolveInfo } from 'graphql';
import {
  EventNotOnSaleError,
  OrphanSeatsError,
  SeatLimitExceededError,
  SeatsUnavailableError,
} from '../../booking/rules/errors.ts';
import {
  AdmissionRequiredError,
  BusyError,
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
} from '../../platform/errors.ts';
import { encodeEventId } from '../../platform/ids.ts';
import type { GraphQLContext } from '../context.ts';
import { recordCommit } from '../engine/errors/response-errors.ts';
import { getPrismaSelection } from '../reads/prisma-selection.ts';
import { Booking } from './booking.ts';
import { builder } from './builder.ts';
import { Event } from './event.ts';

/** Errors that every mutation with a result union may return. */
export const commonErrors = [
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
  BusyError,
] as const;

/** Result of `holdSeats` and `holdBestAvailable`. */
export const HoldSeatsResult = builder.errorUnion('HoldSeatsResult', {
  description: 'The booking in status HOLD, or the error that prevented the hold.',
  types: [
    Booking,
    SeatsUnavailableError,
    SeatLimitExceededError,
    OrphanSeatsError,
    EventNotOnSaleError,
    IdempotencyConflictError,
    AdmissionRequiredError,
    ...commonErrors,
  ],
});

/** Result of `blockSeats` and `unblockSeats`. */
export const BlockSeatsResult = builder.errorUnion('BlockSeatsResult', {
  description: 'The updated event, or the error that prevented the change.',
  types: [Event, SeatsUnavailableError, ...commonErrors],
});

/**
 * Reads the changed event, for mutations whose result union contains Event.
 *
 * @param done what the mutation did, as a clause; see `Commit`.
 * @throws if the event cannot be read. The client then learns that the change was committed.
 */
export async function readEventResult(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  eventId: number,
  done: string,
) {
  recordCommit(ctx, info, { done, ids: { eventId: encodeEventId(eventId) } });
  const event = await ctx.database.reads.event.findUniqueOrThrow({
    ...getPrismaSelection(ctx, info, { typeName: 'Event' }),
    where: { id: eventId },
  });
  return Event.addBrand(event);
}
