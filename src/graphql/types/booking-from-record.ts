import type { BookingRecord } from '../../booking/rules/model.ts';
import type { Booking as Row } from '../../generated/prisma/client.ts';
import { Booking } from './booking.ts';

/** What an operation answered, in the form of its row: the row need not be read again. */
export function bookingFromRecord(record: BookingRecord) {
  const row: Row = {
    eventId: record.eventId,
    id: record.id,
    buyerId: record.buyerId,
    status: record.status,
    seatCount: record.seats.length,
    totalAmount: BigInt(record.totalAmount),
    createdAt: new Date(record.createdAtMs),
    holdExpiresAt: new Date(record.holdExpiresAtMs),
    extendedAt: dateOf(record.extendedAtMs),
    confirmedAt: dateOf(record.confirmedAtMs),
    endedAt: dateOf(record.endedAtMs),
  };
  return Booking.addBrand(row);
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
