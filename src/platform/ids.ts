import { randomFillSync } from 'node:crypto';

/*
 * Opaque global IDs in Relay's form: base64 of the type name and a key. Keys of an event's seats and bookings start
 * with the event's number, so that an ID tells by itself which shard has the object.
 */

type IdType = 'Venue' | 'Event' | 'Seat' | 'Booking' | 'HoldRequest' | 'User';

interface ParsedId {
  readonly type: string;
  readonly key: string;
}

const ID_LENGTH_MAX = 200;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INT4_MAX = 2_147_483_647;

export function encodeId(type: string, key: string | number): string {
  return Buffer.from(`${type}:${key}`).toString('base64');
}

/**
 * Parses an ID; null if it is not one. Rejects other base64 spellings of the same bytes, so that each object has
 * exactly one ID.
 */
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

export function encodeHoldRequestId(eventId: number, requestId: string): string {
  return encodeId('HoldRequest', `${eventId}:${requestId}`);
}

export function parseEventId(id: string): number | null {
  return parseInt4(parseKey('Event', id) ?? '');
}

export function parseVenueId(id: string): number | null {
  return parseInt4(parseKey('Venue', id) ?? '');
}

export function parseSeatId(id: string): { readonly eventId: number; readonly index: number } | null {
  return parseSeatKey(parseKey('Seat', id) ?? '');
}

export function parseBookingId(id: string): { readonly eventId: number; readonly bookingId: string } | null {
  return parseBookingKey(parseKey('Booking', id) ?? '');
}

export function parseHoldRequestId(
  id: string,
): { readonly eventId: number; readonly requestId: string } | null {
  const key = parseBookingKey(parseKey('HoldRequest', id) ?? '');
  return key === null ? null : { eventId: key.eventId, requestId: key.bookingId };
}

/** Parses the ID of a buyer, as `Viewer.id` has it. */
export function parseUserId(id: string): string | null {
  const key = parseKey('User', id) ?? '';
  return UUID.test(key) ? key : null;
}

/** Parses the key of a seat ID, such as `12:345`. */
function parseSeatKey(key: string): { readonly eventId: number; readonly index: number } | null {
  const [eventId, index, ...rest] = key.split(':').map(parseInt4);
  if (eventId == null || index == null || rest.length > 0) return null;
  return { eventId, index };
}

/** Parses the key of a booking ID, such as `12:018f…`. */
export function parseBookingKey(
  key: string,
): { readonly eventId: number; readonly bookingId: string } | null {
  const [event = '', bookingId = '', ...rest] = key.split(':');
  const eventId = parseInt4(event);
  if (eventId === null || rest.length > 0 || !UUID.test(bookingId)) return null;
  return { eventId, bookingId };
}

/** Crockford's digits: without I, L, O and U, which are misread or misheard. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const NUMBER = /^(\d+)[-\s]+([0-9A-Z]{4})[-\s]*([0-9A-Z]{4})$/;
/** Hexadecimal digits at the end of a booking's UUID that its number has. All of them are random. */
const ENDING_LENGTH = 10;

/**
 * Returns the number of a booking that people read to each other, such as `12-7K3M-9TQ2`: the event's number, and 40 random bits of
 * the UUID. It names a booking and proves nothing. Two of 50,000 bookings of an event have the same one with a probability of 0.1 %.
 */
export function encodeBookingNumber(eventId: number, bookingId: string): string {
  let rest = Number.parseInt(bookingId.slice(-ENDING_LENGTH), 16);
  let text = '';
  for (let digit = 0; digit < 8; digit++) {
    text = `${DIGITS[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return `${eventId}-${text.slice(0, 4)}-${text.slice(4)}`;
}

/** Parses a booking number as people write it: in lower case, with spaces, or with O for 0 and I or L for 1. */
export function parseBookingNumber(
  text: string,
): { readonly eventId: number; readonly idEnding: string } | null {
  const [, event = '', ...groups] = NUMBER.exec(text.trim().toUpperCase()) ?? [];
  const eventId = parseInt4(event);
  if (eventId === null) return null;
  let value = 0;
  for (const character of groups.join('').replaceAll('O', '0').replaceAll(/[IL]/g, '1')) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return null;
    value = value * 32 + digit;
  }
  return { eventId, idEnding: value.toString(16).padStart(ENDING_LENGTH, '0') };
}

function parseKey(type: IdType, id: string): string | null {
  const parsed = parseId(id);
  return parsed?.type === type ? parsed.key : null;
}

function parseInt4(text: string): number | null {
  if (!/^(0|[1-9]\d{0,9})$/.test(text)) return null;
  const value = Number(text);
  return value <= INT4_MAX ? value : null;
}

/** Prefetched random bytes: asking for sixteen at a time costs more than the rest of the ID. */
const randomBytes = Buffer.alloc(4_096);
let used = randomBytes.length;

/** Returns a UUID of version 7 (RFC 9562): a timestamp, so that IDs sort by creation time, then random bits. */
export function uuidV7(): string {
  if (used + 16 > randomBytes.length) {
    randomFillSync(randomBytes);
    used = 0;
  }
  const bytes = Buffer.from(randomBytes.subarray(used, used + 16));
  used += 16;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
