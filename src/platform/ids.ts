/**
 * Opaque ids, as Relay has them: base64 of the type's name and its key. Keys of what belongs to an event start with the
 * event's number, so that an id alone says in which shard to look.
 */
export type IdType = 'Venue' | 'Event' | 'Seat' | 'Booking';

export interface ParsedId {
  readonly type: string;
  readonly key: string;
}

const ID_LENGTH_MAX = 200;
const INT4_MAX = 2_147_483_647;

export function encodeId(type: string, key: string | number): string {
  return Buffer.from(`${type}:${key}`).toString('base64');
}

/** Null for what is no id. One thing has one id: other spellings of the same bytes are refused. */
export function parseId(id: string): ParsedId | null {
  if (id.length > ID_LENGTH_MAX) return null;
  const text = Buffer.from(id, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || encodeId(text.slice(0, colon), text.slice(colon + 1)) !== id) return null;
  return { type: text.slice(0, colon), key: text.slice(colon + 1) };
}

export function encodeEventId(eventId: number): string {
  return encodeId('Event', eventId);
}

export function encodeVenueId(venueId: number): string {
  return encodeId('Venue', venueId);
}

export function encodeSeatId(eventId: number, index: number): string {
  return encodeId('Seat', `${eventId}:${index}`);
}

export function encodeBookingId(eventId: number, bookingId: string): string {
  return encodeId('Booking', `${eventId}:${bookingId}`);
}

export function parseEventId(id: string): number | null {
  return wholeNumber(keyOf('Event', id) ?? '');
}

export function parseVenueId(id: string): number | null {
  return wholeNumber(keyOf('Venue', id) ?? '');
}

export function parseSeatId(id: string): { readonly eventId: number; readonly index: number } | null {
  return parseSeatKey(keyOf('Seat', id) ?? '');
}

export function parseBookingId(id: string): { readonly eventId: number; readonly bookingId: string } | null {
  return parseBookingKey(keyOf('Booking', id) ?? '');
}

/** `12:345`, the part of a seat's id behind its type. */
export function parseSeatKey(key: string): { readonly eventId: number; readonly index: number } | null {
  const [eventId, index, ...rest] = key.split(':').map(wholeNumber);
  if (eventId == null || index == null || rest.length > 0) return null;
  return { eventId, index };
}

/** `12:018f…`, the part of a booking's id behind its type. */
export function parseBookingKey(
  key: string,
): { readonly eventId: number; readonly bookingId: string } | null {
  const [event = '', bookingId = '', ...rest] = key.split(':');
  const eventId = wholeNumber(event);
  if (eventId === null || rest.length > 0 || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bookingId))
    return null;
  return { eventId, bookingId };
}

function keyOf(type: IdType, id: string): string | null {
  const parsed = parseId(id);
  return parsed?.type === type ? parsed.key : null;
}

function wholeNumber(text: string): number | null {
  if (!/^(0|[1-9]\d{0,9})$/.test(text)) return null;
  const value = Number(text);
  return value <= INT4_MAX ? value : null;
}
