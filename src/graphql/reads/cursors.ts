import { parseBookingKey } from '../../platform/ids.ts';

/** Encodes a cursor. It contains the sort key of its row, so it stays valid when the row is gone. */
function encode(kind: string, key: string): string {
  return Buffer.from(`${kind}:${key}`).toString('base64url');
}

function decode(kind: string, cursor: string): string | null {
  if (cursor.length > 200) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  return text.startsWith(`${kind}:`) ? text.slice(kind.length + 1) : null;
}

export interface EventCursor {
  /** The time that separates upcoming from past events in the list of the cursor. */
  readonly asOf: Date;
  readonly startsAt: Date;
  readonly id: number;
}

export function encodeEventCursor({ asOf, startsAt, id }: EventCursor): string {
  return encode('e', `${asOf.getTime()}:${startsAt.getTime()}:${id}`);
}

export function parseEventCursor(cursor: string): EventCursor | null {
  const match = EVENT_KEY.exec(decode('e', cursor) ?? '');
  const [asOfMs, startsAtMs, id] = (match ?? []).slice(1).map(Number);
  if (asOfMs === undefined || startsAtMs === undefined || id === undefined || id > 2_147_483_647) return null;
  return { asOf: new Date(asOfMs), startsAt: new Date(startsAtMs), id };
}

/** Two times in milliseconds, within the range of PostgreSQL, and the number of an event. */
const EVENT_KEY = /^(-?\d{1,14}):(-?\d{1,14}):(\d{1,9}|[12]\d{9})$/;

export function encodeSeatCursor(seat: { readonly index: number }): string {
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

export function encodeBookingCursor({ eventId, id }: BookingCursor): string {
  return encode('b', `${eventId}:${id}`);
}

export function parseBookingCursor(cursor: string): BookingCursor | null {
  const key = parseBookingKey(decode('b', cursor) ?? '');
  return key === null ? null : { eventId: key.eventId, id: key.bookingId };
}

export function encodeVenueCursor(venue: { readonly id: number }): string {
  return encode('v', String(venue.id));
}

export function parseVenueCursor(cursor: string): number | null {
  const match = /^\d{1,10}$/.exec(decode('v', cursor) ?? '');
  const id = Number(match?.[0]);
  return id <= 2_147_483_647 ? id : null;
}
