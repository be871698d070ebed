import type { Booking, Prisma } from '../../generated/prisma/client.ts';
import type { BookingStatus } from '../../generated/prisma/enums.ts';

/** A hold reads as EXPIRED from its deadline on, whether or not that has been written down yet. */
export function statusAt(booking: Pick<Booking, 'status' | 'holdExpiresAt'>, nowMs: number): BookingStatus {
  const overdue = booking.status === 'HOLD' && nowMs >= booking.holdExpiresAt.getTime();
  return overdue ? 'EXPIRED' : booking.status;
}

/** The bookings that `statusAt` gives a status. */
export function havingStatus(status: BookingStatus, nowMs: number): Prisma.BookingWhereInput {
  const now = new Date(nowMs);
  if (status === 'HOLD') return { status, holdExpiresAt: { gt: now } };
  if (status !== 'EXPIRED') return { status };
  return { OR: [{ status }, { status: 'HOLD', holdExpiresAt: { lte: now } }] };
}
