import { readExample } from '../../src/http/routes/graphiql/examples.ts';

// The clients send the operations of GraphiQL's tabs.
export const EVENT = readExample('seats-of-an-event');
export const SESSION = readExample('start-guest-session');
export const HOLD = readExample('hold-seats');
export const UPDATES = readExample('watch-seats');

/** A subscription to whole seats, which a normalized cache finds by their IDs. */
export const SEATS = `subscription Seats($eventId: ID!) {
  seatUpdates(eventId: $eventId) { __typename ... on SeatsChanged { seats { seat { id status } } } }
}`;

export interface EventAnswer {
  readonly event: {
    readonly name: string;
    readonly seats: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
  };
}

export interface SessionAnswer {
  readonly startGuestSession: { readonly token: string } | null;
}

export interface HoldAnswer {
  readonly holdSeats: { readonly __typename: string } | null;
}

export interface UpdateAnswer {
  readonly seatUpdates: { readonly __typename: string };
}
