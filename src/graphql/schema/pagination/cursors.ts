import { parseBookingKey } from '../../../platform/ids.ts';

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
  /** The instant that parts upcoming events from past ones in the list that the cursor belongs to. */
  readonly asOf: Date;
  readonly startsAt: Date;
  readonly id: number;
}

export function eventCursor({ asOf, startsAt, id }: EventCursor): string {
  return encode('e', `${asOf.getTime()}:${startsAt.getTime()}:${id}`);
}

export function parseEventCursor(cursor: string): EventCursor | null {
  const match = EVENT_KEY.exec(decode('e', cursor) ?? '');
  const [asOfMs, startsAtMs, id] = (match ?? []).slice(1).map(Number);
  if (asOfMs === undefined || startsAtMs === undefined || id === undefined || id > 2_147_483_647) return null;
  return { asOf: new Date(asOfMs), startsAt: new Date(startsAtMs), id };
}

/** Two instants in milliseconds, of a range that PostgreSQL has too, and an event's number. */
const EVENT_KEY = /^(-?\d{1,14}):(-?\d{1,14}):(\d{1,9}|[12]\d{9})$/;

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

export function venueCursor(venue: { readonly id: number }): string {
  return encode('v', String(venue.id));
}

export function parseVenueCursor(cursor: string): number | null {
  const match = /^\d{1,10}$/.exec(decode('v', cursor) ?? '');
  const id = Number(match?.[0]);
  return id <= 2_147_483_647 ? id : null;
}
