import type { TypedDocumentNode } from '@apollo/client';
import type { ConcreteRequest } from 'relay-runtime';
import * as operations from './operations.ts';
import ConfirmBookingMutation from './relay/ConfirmBookingMutation.graphql.js';
import EventsOnSaleQuery from './relay/EventsOnSaleQuery.graphql.js';
import HoldSeatsMutation from './relay/HoldSeatsMutation.graphql.js';
import LoadSeatMapQuery from './relay/LoadSeatMapQuery.graphql.js';
import MyBookingsQuery from './relay/MyBookingsQuery.graphql.js';
import RefetchBookingQuery from './relay/RefetchBookingQuery.graphql.js';
import ReleaseBookingMutation from './relay/ReleaseBookingMutation.graphql.js';
import StartGuestSessionMutation from './relay/StartGuestSessionMutation.graphql.js';
import WatchBookingSubscription from './relay/WatchBookingSubscription.graphql.js';

/*
 * The operations as Relay's compiler writes them (`npm run relay-artifacts`). In an application, babel-plugin-relay puts
 * them in the place of graphql`…`, and the compiler also writes their types.
 */

export type Operation<Data, Variables> = ConcreteRequest & {
  readonly types?: { readonly response: Data; readonly variables: Variables };
};

function typed<Data, Variables>(artifact: object, _same: TypedDocumentNode<Data, Variables>) {
  return artifact as Operation<Data, Variables>;
}

export const EVENTS_ON_SALE = typed(EventsOnSaleQuery, operations.EVENTS_ON_SALE);
export const LOAD_SEAT_MAP = typed(LoadSeatMapQuery, operations.LOAD_SEAT_MAP);
export const START_GUEST_SESSION = typed(StartGuestSessionMutation, operations.START_GUEST_SESSION);
export const HOLD_SEATS = typed(HoldSeatsMutation, operations.HOLD_SEATS);
export const CONFIRM_BOOKING = typed(ConfirmBookingMutation, operations.CONFIRM_BOOKING);
export const RELEASE_BOOKING = typed(ReleaseBookingMutation, operations.RELEASE_BOOKING);
export const MY_BOOKINGS = typed(MyBookingsQuery, operations.MY_BOOKINGS);
export const REFETCH_BOOKING = typed(RefetchBookingQuery, operations.REFETCH_BOOKING);
export const WATCH_BOOKING = WatchBookingSubscription as object as ConcreteRequest;
