import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';

/** Document that every caller sends. */
const document = `mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { id status createdAt holdExpiresAt }
    ... on Error { code message }
  }
}`;

/** Booking that the idle resolvers return. */
export const idleRecord = {
  eventId: 1,
  id: '01990000-0000-7000-8000-000000000000',
  buyerId: '01990000-0000-7000-8000-000000000001',
  status: 'HOLD',
  seats: [4_711],
  totalAmount: 4_900,
  createdAtMs: 1_900_000_000_000,
  holdExpiresAtMs: 4_000_000_000_000,
  takeoverDelayMs: 0,
  extendedAtMs: null,
  confirmedAtMs: null,
  endedAtMs: null,
} as const;

export function bodyFor(eventId: number, seat: number): string {
  const input = { eventId: encodeEventId(eventId), seatIds: [encodeSeatId(eventId, seat)] };
  return JSON.stringify({ query: document, variables: { input } });
}
