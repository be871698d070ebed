// Printed by `npm run docs` from events.graphql. Never edited by hand.
import { AmountFragmentDoc, RoomFragmentDoc } from './fragments.ts';
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from 'urql';
export type BookingMode =
  | 'DIRECT'
  | 'QUEUED';

export type BookingStatus =
  | 'CANCELED'
  | 'CONFIRMED'
  | 'EXPIRED'
  | 'HOLD'
  | 'RELEASED';

export type ErrorCode =
  | 'ADMISSION_REQUIRED'
  | 'BOOKING_STATE'
  | 'BUSY'
  | 'CANCELLATION_REFUSED'
  | 'CHALLENGE_REQUIRED'
  | 'EVENT_NOT_ON_SALE'
  | 'EXTENSION_REFUSED'
  | 'HOLD_EXPIRED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'ORPHAN_SEATS'
  | 'RATE_LIMITED'
  | 'READ_ONLY'
  | 'SEATS_UNAVAILABLE'
  | 'SEAT_LIMIT_EXCEEDED';

export type EventStatus =
  | 'CANCELED'
  | 'DRAFT'
  | 'ENDED'
  | 'ON_SALE'
  | 'PAUSED';

export type OrphanRule =
  | 'ALLOW'
  | 'FORBID';

export type WaitingRoomMode =
  | 'AUTOMATIC'
  | 'OFF'
  | 'ON';

export type WaitingRoomState =
  | 'DRAINING'
  | 'LOBBY'
  | 'OFF'
  | 'OPEN'
  | 'PAUSED';

export type EventListQueryVariables = Exact<{
  search?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type EventListQuery = { events: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { id: string, name: string, startsAt: string, onSaleAt: string, saleEndsAt: string, status: EventStatus, venue: { name: string, timeZone: string }, availability: { available: number, total: number }, priceTiers: Array<{ price: { amount: number, currency: string } }> } }> } };

export type EventDetailsQueryVariables = Exact<{
  id: string;
}>;


export type EventDetailsQuery = { event: { id: string, name: string, startsAt: string, onSaleAt: string, saleEndsAt: string, status: EventStatus, seatLimit: number, orphanRule: OrphanRule, bookingMode: BookingMode, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string, seatCount: number }, priceTiers: Array<{ name: string, color: string | null, price: { amount: number, currency: string } }>, waitingRoom: { mode: WaitingRoomMode, state: WaitingRoomState, lobbyOpensAt: string | null, opensAt: string | null, nowServing: number, waiting: number }, seatMap: { layoutUrl: string, version: number, states: string } } | null };

export type EventNewsQueryVariables = Exact<{
  id: string;
}>;


export type EventNewsQuery = { event: { id: string, status: EventStatus, onSaleAt: string, saleEndsAt: string } | null };


export const EventListDocument = gql`
    query EventList($search: String, $after: String) {
  events(first: 12, search: $search, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        id
        name
        startsAt
        onSaleAt
        saleEndsAt
        status
        venue {
          name
          timeZone
        }
        availability {
          available
          total
        }
        priceTiers {
          price {
            ...Amount
          }
        }
      }
    }
  }
}
    ${AmountFragmentDoc}` as unknown as DocumentNode<EventListQuery, EventListQueryVariables>;
export const EventDetailsDocument = gql`
    query EventDetails($id: ID!) {
  event(id: $id) {
    id
    name
    startsAt
    onSaleAt
    saleEndsAt
    status
    seatLimit
    orphanRule
    bookingMode
    holdExtensionSeconds
    buyersMayCancel
    cancelableUntil
    venue {
      name
      timeZone
      seatCount
    }
    priceTiers {
      name
      color
      price {
        ...Amount
      }
    }
    waitingRoom {
      ...Room
    }
    seatMap {
      layoutUrl
      version
      states
    }
  }
}
    ${AmountFragmentDoc}
${RoomFragmentDoc}` as unknown as DocumentNode<EventDetailsQuery, EventDetailsQueryVariables>;
export const EventNewsDocument = gql`
    query EventNews($id: ID!) {
  event(id: $id) {
    id
    status
    onSaleAt
    saleEndsAt
  }
}
    ` as unknown as DocumentNode<EventNewsQuery, EventNewsQueryVariables>;