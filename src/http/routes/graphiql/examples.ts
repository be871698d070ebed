/** The IDs in the examples: an event on sale, and two of its free seats. */
export interface ExampleIds {
  readonly eventId: string;
  readonly seatIds: readonly string[];
}

export interface ExampleTab {
  readonly query: string;
  readonly variables?: string;
  readonly headers?: string;
}

const AS_GUEST = JSON.stringify({ authorization: 'Bearer <token>' }, null, 2);

/** Returns the tabs of GraphiQL, in the order in which to run them. */
export function createExampleTabs(ids: ExampleIds | null): readonly ExampleTab[] {
  const eventId = ids?.eventId ?? 'the id of an event (first tab)';
  const seatIds = ids?.seatIds ?? [];
  return [
    { query: EVENTS },
    tab(SEATS, { eventId }),
    tab(WATCH, { eventId }),
    { query: SESSION },
    tab(HOLD, { input: { eventId, seatIds } }, AS_GUEST),
    tab(CONFIRM, { input: { bookingId: '<bookingId>' } }, AS_GUEST),
    tab(BEST, { input: { eventId, quantity: 2 } }, AS_GUEST),
    tab(RELEASE, { input: { bookingId: '<bookingId>' } }, AS_GUEST),
    { query: MINE, headers: AS_GUEST },
    tab(WATCH_BOOKING, { bookingId: '<bookingId>' }, AS_GUEST),
  ];
}

function tab(query: string, variables: object, headers?: string): ExampleTab {
  return {
    query,
    variables: JSON.stringify(variables, null, 2),
    ...(headers === undefined ? {} : { headers }),
  };
}

const EVENTS = `# 1. The events on sale. Press Ctrl-Enter to run it, then
#    run the tabs to the right, one after the other.
query EventsOnSale {
  events(first: 10, status: ON_SALE) {
    edges {
      node {
        id
        name
        startsAt
        venue { name seatCount }
        availability { available total }
        priceTiers { name price { amount currency } }
      }
    }
    totalCount
  }
}
`;

const SEATS = `# 2. One event: the status of all seats, packed two bits
#    per seat, and the first ten free seats.
query SeatsOfAnEvent($eventId: ID!) {
  event(id: $eventId) {
    name
    seatLimit
    seatMap { version states layoutUrl }
    seats(first: 10, status: AVAILABLE) {
      edges { node { id label status priceTier { name price { amount currency } } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`;

const WATCH = `# 3. The live seat map: a snapshot, then every change. It
#    needs no token. It keeps running while you use other
#    tabs: hold seats in tab 5, then come back. To see
#    changes as they happen, use a second window.
subscription WatchSeats($eventId: ID!) {
  seatUpdates(eventId: $eventId) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { seatId index status } }
  }
}
`;

const SESSION = `# 4. A token for a buyer without an account. A program
#    sends it as a header: {"authorization": "Bearer eyJ…"}
#    This page remembers it, for other windows too. It
#    replaces <token> in the Headers of the next tabs when
#    you run them (below, next to Variables). You can put
#    another token there.
mutation StartGuestSession {
  startGuestSession { token expiresAt }
}
`;

const HOLD = `# 5. Holds all of these seats for a few minutes, or none
#    of them. Run it twice: then the seats are taken.
mutation HoldSeats($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { id status holdExpiresAt seats { label } total { amount currency } }
    ... on SeatsUnavailableError { message seats { id label status } }
    ... on Error { code message }
  }
}
`;

const CONFIRM = `# 6. Books the seats of a hold. This page replaces
#    <bookingId> with your last hold. You can put another
#    ID there.
mutation ConfirmBooking($input: ConfirmBookingInput!) {
  confirmBooking(input: $input) {
    __typename
    ... on Booking { id status confirmedAt seats { label status } }
    ... on Error { code message }
  }
}
`;

const BEST = `# 7. Holds the best free seats: next to each other, as
#    close to the front as possible.
mutation HoldBestAvailable($input: HoldBestAvailableInput!) {
  holdBestAvailable(input: $input) {
    __typename
    ... on Booking { id status holdExpiresAt seats { label } total { amount currency } }
    ... on Error { code message }
  }
}
`;

const RELEASE = `# 8. Releases the last hold. Its seats are free at once.
mutation ReleaseBooking($input: ReleaseBookingInput!) {
  releaseBooking(input: $input) {
    __typename
    ... on Booking { id status seats { label status } }
    ... on Error { code message }
  }
}
`;

const MINE = `# 9. Your bookings, in every status.
query MyBookings {
  viewer {
    id
    bookings(first: 20) {
      edges { node { id status holdExpiresAt event { name } seats { label } total { amount currency } } }
    }
  }
}
`;

const WATCH_BOOKING = `# 10. One of your bookings, live: watch a hold expire.
subscription WatchBooking($bookingId: ID!) {
  bookingUpdates(bookingId: $bookingId) { id status holdExpiresAt confirmedAt }
}
`;
