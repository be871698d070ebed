import { brandWithType } from '@pothos/core';
import type { BookingRecord } from '../../booking/model.ts';
import type { Booking } from '../../generated/prisma/client.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { BookingStatus } from '../../generated/prisma/enums.ts';

/** What an operation answered, in the form of its row: the row need not be read again. */
export function bookingFromRecord(record: BookingRecord): Booking {
  const booking: Booking = {
    eventId: record.eventId,
    id: record.id,
    buyerId: record.buyerId,
    status: record.status,
    seatCount: record.seats.length,
    totalAmount: BigInt(record.totalAmount),
    createdAt: new Date(record.createdAtMs),
    holdExpiresAt: new Date(record.holdExpiresAtMs),
    confirmedAt: dateOf(record.confirmedAtMs),
    endedAt: dateOf(record.endedAtMs),
  };
  brandWithType(booking, 'Booking');
  return booking;
}

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

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
