import { readFileSync } from 'node:fs';
import type { TypedDocumentNode } from '@apollo/client';
import { parse } from 'graphql';
import type { Booking, ConfirmResult, EventSummary, HoldInput, HoldResult, ReleaseResult } from './data.ts';

/*
 * The operations that the examples send. Most of them are also tabs of GraphiQL. In an application, a code generator
 * derives the types from the operations, and a bundler loads the files.
 */

const tabs = new URL('../../src/http/routes/graphiql/operations/', import.meta.url);
const others = new URL('operations/', import.meta.url);

function load<Data, Variables extends object = Record<string, never>>(folder: URL, name: string) {
  const text = readFileSync(new URL(`${name}.graphql`, folder), 'utf8');
  return parse(text) as TypedDocumentNode<Data, Variables & Record<string, unknown>>;
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface SeatMapData {
  readonly event: {
    readonly name: string;
    readonly seatMap: { readonly version: number; readonly states: string; readonly layoutUrl: string };
  } | null;
}

export const EVENTS_ON_SALE = load<{ readonly events: Pick<Connection<EventSummary>, 'edges'> }>(
  tabs,
  'events-on-sale',
);

export const LOAD_SEAT_MAP = load<SeatMapData, { eventId: string }>(others, 'load-seat-map');

export const START_GUEST_SESSION = load<{
  readonly startGuestSession: { readonly token: string } | null;
}>(tabs, 'start-guest-session');

export const HOLD_SEATS = load<{ readonly holdSeats: HoldResult | null }, { input: HoldInput }>(
  tabs,
  'hold-seats',
);

export const CONFIRM_BOOKING = load<
  { readonly confirmBooking: ConfirmResult | null },
  { input: { bookingId: string } }
>(tabs, 'confirm-booking');

export const RELEASE_BOOKING = load<
  { readonly releaseBooking: ReleaseResult | null },
  { input: { bookingId: string } }
>(tabs, 'release-booking');

export const MY_BOOKINGS = load<
  { readonly viewer: { readonly bookings: Connection<Booking> } | null },
  { first: number; after: string | null }
>(tabs, 'my-bookings');

export const REFETCH_BOOKING = load<{ readonly node: Booking | null }, { id: string }>(
  others,
  'refetch-booking',
);
