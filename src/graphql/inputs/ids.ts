import { checkBlockedSeats } from '../../booking/operations/block-seats.ts';
import { InvalidInputError } from '../../platform/errors.ts';
import {
  parseBookingId,
  parseEventId,
  parseId,
  parseSeatId,
  parseUserId,
  parseVenueId,
} from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';

/** Maximum number of seat IDs. Longer lists are rejected before their IDs are parsed. */
const SEAT_IDS_MAX = 1_000;

/** @throws {InvalidInputError} */
export function requireEventId(id: string, field = 'eventId'): number {
  return parseEventId(id) ?? rejectId(field, id, 'Event');
}

/** @throws {InvalidInputError} */
export function requireVenueId(id: string, field = 'venueId'): number {
  return parseVenueId(id) ?? rejectId(field, id, 'Venue');
}

/** @throws {InvalidInputError} */
export function requireBookingKey(id: string, field = 'bookingId') {
  return parseBookingId(id) ?? rejectId(field, id, 'Booking');
}

/** @throws {InvalidInputError} */
export function requireUserId(id: string, field: string): string {
  return parseUserId(id) ?? rejectId(field, id, 'User');
}

/**
 * Returns the indexes of seats that must all belong to the event, or to any event if `eventId` is null.
 *
 * @throws {InvalidInputError}
 */
export function requireSeatIndexes(ids: readonly string[], eventId: number | null): number[] {
  if (ids.length > SEAT_IDS_MAX)
    throw new InvalidInputError(
      'seatIds',
      `seatIds must contain at most ${SEAT_IDS_MAX} seats, not ${ids.length}.`,
    );
  return ids.map((id, i) => {
    const key = parseSeatId(id) ?? rejectId('seatIds', id, 'Seat', `seatIds[${i}]`);
    if (eventId !== null && key.eventId !== eventId)
      throw new InvalidInputError('seatIds', `seatIds[${i}] is a seat of a different event.`);
    return key.index;
  });
}

/**
 * Parses the input of `blockSeats` and `unblockSeats`.
 *
 * @throws {InvalidInputError}
 */
export function parseBlockedSeats(input: { readonly eventId: string; readonly seatIds: readonly string[] }) {
  return checkTogether({
    eventId: () => requireEventId(input.eventId),
    seats: () => {
      const indexes = requireSeatIndexes(input.seatIds, parseEventId(input.eventId));
      checkBlockedSeats(indexes);
      return indexes;
    },
  });
}

function rejectId(field: string, id: string, type: string, name = field): never {
  const kind = parseId(id)?.type ?? '';
  const what = knownTypes.has(kind) ? `it is an ID of type ${kind}` : 'it is not a valid ID';
  throw new InvalidInputError(field, `${name} must be an ID of type ${type}, but ${what}.`);
}

const knownTypes = new Set(['Venue', 'Event', 'Seat', 'Booking', 'User']);
