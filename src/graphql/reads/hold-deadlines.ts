import type { Booking } from '../../generated/prisma/client.ts';
import { getDeadlineMs } from '../../platform/service/outages.ts';
import type { GraphQLContext } from '../context.ts';

export type HoldRow = Pick<Booking, 'status' | 'createdAt' | 'holdExpiresAt'>;

export type DeadlineContext = Pick<GraphQLContext, 'clock' | 'service'>;

/** Returns the deadline of a booking's hold, with the time of the outages that this process knows. */
export function getBookingDeadlineMs(
  { createdAt, holdExpiresAt }: Pick<HoldRow, 'createdAt' | 'holdExpiresAt'>,
  { clock, service }: DeadlineContext,
): number {
  const hold = { createdAtMs: createdAt.getTime(), holdExpiresAtMs: holdExpiresAt.getTime() };
  return getDeadlineMs(hold, service.outages, clock.nowMs()); // guard: outages-shown
}
