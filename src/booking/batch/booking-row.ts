import type { BookingRecord, BookingStatus } from '../rules/model.ts';

/** A booking as readLocked returns it: `[id, buyer, status, seats, total, created, expires, extended, confirmed, ended]`, times in ms. */
export type BookingRow = readonly [
  string,
  string,
  BookingStatus,
  readonly number[],
  number,
  number,
  number,
  number | null,
  number | null,
  number | null,
];

export function bookingFromRow(eventId: number, row: BookingRow): BookingRecord {
  const [
    id,
    buyerId,
    status,
    seats,
    totalAmount,
    createdAtMs,
    holdExpiresAtMs,
    extendedAtMs,
    confirmedAtMs,
    endedAtMs,
  ] = row;
  return {
    eventId,
    id,
    buyerId,
    status,
    seats,
    totalAmount,
    createdAtMs,
    holdExpiresAtMs,
    extendedAtMs,
    confirmedAtMs,
    endedAtMs,
  };
}
