import type { GraphQLResolveInfo } from 'graphql';
import type { BookingRecord } from '../../booking/rules/model.ts';
import { encodeBookingId } from '../../platform/ids.ts';
import { recordCommit } from '../engine/committed.ts';
import type { GraphQLContext } from '../schema/context.ts';
import { bookingFromRecord } from './booking-from-record.ts';

/**
 * Returns the booking as a mutation has left it, for fields whose result is a union with Booking. If its details can't
 * be read, the client learns that the change was committed.
 *
 * @param done what the mutation did, as a clause; see `Commit`.
 */
export function bookingAfter(
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  record: BookingRecord,
  done: string,
) {
  const bookingId = encodeBookingId(record.eventId, record.id);
  recordCommit(ctx, info, { done, ids: { bookingId, status: record.status } });
  return bookingFromRecord(record);
}
