/** The documents that both clients send. */
export const EVENT = `query Event($id: ID!) {
  event(id: $id) { id name seats(first: 1, status: AVAILABLE) { edges { node { id label status } } } }
}`;

export interface EventAnswer {
  readonly event: {
    readonly name: string;
    readonly seats: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
  };
}

export const SESSION = `mutation Session { startGuestSession { token expiresAt } }`;

export interface SessionAnswer {
  readonly startGuestSession: { readonly token: string } | null;
}

export const HOLD = `mutation Hold($input: HoldSeatsInput!) {
  holdSeats(input: $input) {
    __typename
    ... on Booking { id status }
    ... on SeatsUnavailableError { code seats { id status } }
  }
}`;

export interface HoldAnswer {
  readonly holdSeats: { readonly __typename: string } | null;
}

export const UPDATES = `subscription Updates($id: ID!) {
  seatUpdates(eventId: $id) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { version seats { seatId status } }
  }
}`;

/** Selects seats with their IDs, which a normalized cache needs. */
export const SEATS = `subscription Seats($id: ID!) {
  seatUpdates(eventId: $id) { __typename ... on SeatsChanged { seats { seat { id status } } } }
}`;

export interface UpdateAnswer {
  readonly seatUpdates: { readonly __typename: string };
}
