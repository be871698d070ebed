// Printed by `npm run docs` from bookings.graphql. Never edited by hand.
import { BookingDetailsFragmentDoc, AmountFragmentDoc, SeatLineFragmentDoc, ProblemFragmentDoc } from './fragments.ts';
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from 'urql';
export type BookingStatus =
  | 'CANCELED'
  | 'CONFIRMED'
  | 'EXPIRED'
  | 'HOLD'
  | 'RELEASED';

export type CancelBookingInput = {
  bookingId: string;
};

export type ConfirmBookingInput = {
  bookingId: string;
  idempotencyKey?: string | null | undefined;
};

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

export type ExtendHoldInput = {
  bookingId: string;
};

export type ReleaseBookingInput = {
  bookingId: string;
};

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

export type MyBookingsQueryVariables = Exact<{
  after?: string | null | undefined;
  status?: BookingStatus | null | undefined;
}>;


export type MyBookingsQuery = { viewer: { bookings: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: { id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } } }> } } | null };

export type BookingByIdQueryVariables = Exact<{
  id: string;
}>;


export type BookingByIdQuery = { booking: { id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } } | null };

export type ConfirmBookingMutationVariables = Exact<{
  input: ConfirmBookingInput;
}>;


export type ConfirmBookingMutation = { outcome:
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BookingStateError', bookingStatus: BookingStatus, code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
    | { __typename: 'HoldExpiredError', code: ErrorCode, message: string }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type ExtendHoldMutationVariables = Exact<{
  input: ExtendHoldInput;
}>;


export type ExtendHoldMutation = { outcome:
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BookingStateError', bookingStatus: BookingStatus, code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
    | { __typename: 'ExtensionRefusedError', code: ErrorCode, message: string }
    | { __typename: 'HoldExpiredError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type ReleaseBookingMutationVariables = Exact<{
  input: ReleaseBookingInput;
}>;


export type ReleaseBookingMutation = { outcome:
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BookingStateError', bookingStatus: BookingStatus, code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'HoldExpiredError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type CancelBookingMutationVariables = Exact<{
  input: CancelBookingInput;
}>;


export type CancelBookingMutation = { outcome:
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BookingStateError', bookingStatus: BookingStatus, code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'CancellationRefusedError', cancelableUntil: string | null, code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type BookingUpdatesSubscriptionVariables = Exact<{
  id: string;
}>;


export type BookingUpdatesSubscription = { bookingUpdates: { id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } } };


export const MyBookingsDocument = gql`
    query MyBookings($after: String, $status: BookingStatus) {
  viewer {
    bookings(first: 20, after: $after, status: $status) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...BookingDetails
        }
      }
    }
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}` as unknown as DocumentNode<MyBookingsQuery, MyBookingsQueryVariables>;
export const BookingByIdDocument = gql`
    query BookingById($id: ID!) {
  booking(id: $id) {
    ...BookingDetails
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}` as unknown as DocumentNode<BookingByIdQuery, BookingByIdQueryVariables>;
export const ConfirmBookingDocument = gql`
    mutation ConfirmBooking($input: ConfirmBookingInput!) {
  outcome: confirmBooking(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<ConfirmBookingMutation, ConfirmBookingMutationVariables>;
export const ExtendHoldDocument = gql`
    mutation ExtendHold($input: ExtendHoldInput!) {
  outcome: extendHold(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<ExtendHoldMutation, ExtendHoldMutationVariables>;
export const ReleaseBookingDocument = gql`
    mutation ReleaseBooking($input: ReleaseBookingInput!) {
  outcome: releaseBooking(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<ReleaseBookingMutation, ReleaseBookingMutationVariables>;
export const CancelBookingDocument = gql`
    mutation CancelBooking($input: CancelBookingInput!) {
  outcome: cancelBooking(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<CancelBookingMutation, CancelBookingMutationVariables>;
export const BookingUpdatesDocument = gql`
    subscription BookingUpdates($id: ID!) {
  bookingUpdates(bookingId: $id) {
    ...BookingDetails
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}` as unknown as DocumentNode<BookingUpdatesSubscription, BookingUpdatesSubscriptionVariables>;