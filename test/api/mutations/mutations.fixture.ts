import type { Viewer } from '../../../src/identity/viewer.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { createBuyerId, tieredHall } from './tiered-hall.fixture.ts';

/** Creates a hall of 120 seats in two tiers, at most four per buyer, with its mutations, for the calling test file. */
export function mutationsOfHall() {
  const { client, hall } = tieredHall(4);
  const seats = (...indexes: number[]) => indexes.map((index) => encodeSeatId(hall().eventId, index));
  const eventId = () => encodeEventId(hall().eventId);

  /** Runs a mutation with one input and a result union, and selects the fields of every member. */
  async function mutate(field: string, input: object, viewer: Viewer | null = createBuyerId()) {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
    const { data, errors } = await client().ask(
      `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Node { ...done } ... on Error { ...refused } } }
       fragment done on Node { id
         ... on Booking { status total { amount currency } seats { index status } confirmedAt holdExpiresAt }
         ... on Event { eventStatus: status availability { available blocked } } }
       fragment refused on Error { code message
         ... on SeatsUnavailableError { seats { index label } } ... on SeatLimitExceededError { limit }
         ... on EventNotOnSaleError { onSaleAt eventStatus } ... on BookingStateError { bookingStatus }
         ... on HoldExpiredError { expiredAt } ... on InvalidInputError { field errors { field message } } ... on BusyError { outcomeUnknown }
         ... on InvalidPlanError { field faultCount faults { path message } } }`,
      { input },
      viewer,
    );
    return { result: data?.[field] ?? null, code: errors[0]?.extensions.code as string | undefined, errors };
  }

  const holdSeats = (indexes: number[], viewer?: Viewer, more: object = {}) =>
    mutate('holdSeats', { eventId: eventId(), seatIds: seats(...indexes), ...more }, viewer);

  return { client, hall, seats, eventId, mutate, holdSeats };
}
