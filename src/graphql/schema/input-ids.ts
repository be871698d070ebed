import { checkBlockedSeats } from '../../booking/operations/block-seats.ts';
import { InvalidInputError } from '../../platform/errors.ts';
import { parseBookingId, parseEventId, parseId, parseSeatId, parseVenueId } from '../../platform/ids.ts';
import { checkTogether } from '../../platform/input-errors.ts';

/** More ids than this are refused before any is looked at. */
const SEAT_IDS_MAX = 1_000;

/** @throws {InvalidInputError} */
export function eventIdFrom(id: string, field = 'eventId'): number {
  return parseEventId(id) ?? refuse(field, id, 'Event');
}

/** @throws {InvalidInputError} */
export function venueIdFrom(id: string, field = 'venueId'): number {
  return parseVenueId(id) ?? refuse(field, id, 'Venue');
}

/** @throws {InvalidInputError} */
export function bookingKeyFrom(id: string, field = 'bookingId') {
  return parseBookingId(id) ?? refuse(field, id, 'Booking');
}

/**
 * The indexes of seats that must all be the event's; of any event if `eventId` is null.
 *
 * @throws {InvalidInputError}
 */
export function seatIndexesFrom(ids: readonly string[], eventId: number | null): number[] {
  if (ids.length > SEAT_IDS_MAX)
    throw new InvalidInputError(
      'seatIds',
      `seatIds must contain at most ${SEAT_IDS_MAX} seats, not ${ids.length}.`,
    );
  return ids.map((id, i) => {
    const key = parseSeatId(id) ?? refuse('seatIds', id, 'Seat', `seatIds[${i}]`);
    if (eventId !== null && key.eventId !== eventId)
      throw new InvalidInputError('seatIds', `seatIds[${i}] is a seat of a different event.`);
    return key.index;
  });
}

/**
 * The event and the seats of blockSeats and unblockSeats.
 *
 * @throws {InvalidInputError}
 */
export function blockedSeatsFrom(input: { readonly eventId: string; readonly seatIds: readonly string[] }) {
  return checkTogether({
    eventId: () => eventIdFrom(input.eventId),
    seats: () => {
      const indexes = seatIndexesFrom(input.seatIds, parseEventId(input.eventId));
      checkBlockedSeats(indexes);
      return indexes;
    },
  });
}

function refuse(field: string, id: string, type: string, name = field): never {
  const kind = parseId(id)?.type ?? '';
  const what = knownTypes.has(kind) ? `it is an ID of type ${kind}` : 'it is not a valid ID';
  throw new InvalidInputError(field, `${name} must be an ID of type ${type}, but ${what}.`);
}

const knownTypes = new Set(['Venue', 'Event', 'Seat', 'Booking', 'User']);
