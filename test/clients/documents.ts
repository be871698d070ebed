import { readExample } from '../../src/http/routes/graphiql/examples.ts';

export const EVENT = readExample('seats-of-an-event');

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

export interface UpdateAnswer {
  readonly seatUpdates: { readonly __typename: string };
}
