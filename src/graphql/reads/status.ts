import { getEventStatus } from '../../catalog/events/event-status.ts';
import type { Booking, Event, Prisma } from '../../generated/prisma/client.ts';
import type { BookingStatus, EventStatus } from '../../generated/prisma/enums.ts';
import type { GraphQLContext } from '../context.ts';

/** Returns the status of a booking at a time. A hold is EXPIRED from its deadline, even before its row says so. */
export function getBookingStatus(
  booking: Pick<Booking, 'status' | 'holdExpiresAt'>,
  nowMs: number,
): BookingStatus {
  const isOverdue = booking.status === 'HOLD' && nowMs >= booking.holdExpiresAt.getTime();
  return isOverdue ? 'EXPIRED' : booking.status;
}

/** Returns the condition that matches the bookings for which `getBookingStatus` returns a status. */
export function whereBookingStatus(status: BookingStatus, nowMs: number): Prisma.BookingWhereInput {
  const now = new Date(nowMs);
  if (status === 'HOLD') return { status, holdExpiresAt: { gt: now } };
  if (status !== 'EXPIRED') return { status };
  return { OR: [{ status }, { status: 'HOLD', holdExpiresAt: { lte: now } }] };
}

type SaleColumns = Pick<
  Event,
  'status' | 'saleEndsAt' | 'holdTtlMs' | 'holdExtensionMs' | 'holdLifetimeMaxMs'
>;

/** Returns the current status of an event. */
export function getCurrentEventStatus(
  { clock, defaultHoldTtlMs }: GraphQLContext,
  { status, saleEndsAt, holdTtlMs, holdExtensionMs, holdLifetimeMaxMs }: SaleColumns,
): EventStatus {
  const hold = { holdTtlMs: holdTtlMs ?? defaultHoldTtlMs, holdExtensionMs, holdLifetimeMaxMs };
  return getEventStatus({ status, saleEndsAtMs: saleEndsAt.getTime(), ...hold }, clock.nowMs());
}
