import { parseBookingKey } from '../../platform/ids.ts';

/** Cursors name the sort key of the row that they stand at, so that they hold when that row has gone. */
function encode(kind: string, key: string): string {
  return Buffer.from(`${kind}:${key}`).toString('base64url');
}

function decode(kind: string, cursor: string): string | null {
  if (cursor.length > 200) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return text.startsWith(`${kind}:`) ? text.slice(kind.length + 1) : null;
}

export interface EventCursor {
  readonly startsAt: Date;
  readonly id: number;
}

export function eventCursor({ startsAt, id }: EventCursor): string {
  return encode('e', `${startsAt.getTime()}:${id}`);
}

export function parseEventCursor(cursor: string): EventCursor | null {
  const match = /^(-\d{1,13}|\d{1,14}):(\d{1,9}|[12]\d{9})$/.exec(decode('e', cursor) ?? '');
  const startsAt = new Date(Number(match?.[1]));
  const id = Number(match?.[2]);
  return Number.isNaN(startsAt.getTime()) || !(id <= 2_147_483_647) ? null : { startsAt, id };
}

export function seatCursor(seat: { readonly index: number }): string {
  return encode('s', String(seat.index));
}

export function parseSeatCursor(cursor: string): number | null {
  const match = /^\d{1,9}$/.exec(decode('s', cursor) ?? '');
  return match === null ? null : Number(match[0]);
}

export interface BookingCursor {
  readonly eventId: number;
  readonly id: string;
}

export function bookingCursor({ eventId, id }: BookingCursor): string {
  return encode('b', `${eventId}:${id}`);
}

export function parseBookingCursor(cursor: string): BookingCursor | null {
  const key = parseBookingKey(decode('b', cursor) ?? '');
  return key === null ? null : { eventId: key.eventId, id: key.bookingId };
}
