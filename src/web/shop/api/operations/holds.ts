// Printed by `npm run docs` from holds.graphql. Never edited by hand.
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

export type HoldBestAvailableInput = {
  admissionToken?: string | null | undefined;
  challengeSolution?: string | null | undefined;
  eventId: string;
  idempotencyKey?: string | null | undefined;
  priceTier?: string | null | undefined;
  quantity: number;
  section?: string | null | undefined;
};

export type HoldConflictPolicy =
  | 'BEST_ALTERNATIVE'
  | 'FAIL';

export type HoldRequestStatus =
  | 'DONE'
  | 'EXPIRED'
  | 'QUEUED'
  | 'REFUSED';

export type HoldSeatsInput = {
  admissionToken?: string | null | undefined;
  challengeSolution?: string | null | undefined;
  eventId: string;
  idempotencyKey?: string | null | undefined;
  onConflict?: HoldConflictPolicy | null | undefined;
  seatIds: Array<string>;
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

export type HoldSeatsMutationVariables = Exact<{
  input: HoldSeatsInput;
}>;


export type HoldSeatsMutation = { outcome:
    | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'OrphanSeatsError', code: ErrorCode, message: string, alternatives: Array<Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>> }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
    | { __typename: 'SeatLimitExceededError', limit: number, code: ErrorCode, message: string }
    | { __typename: 'SeatsUnavailableError', code: ErrorCode, message: string, unavailableSeats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }> }
   | null };

export type HoldBestAvailableMutationVariables = Exact<{
  input: HoldBestAvailableInput;
}>;


export type HoldBestAvailableMutation = { outcome:
    | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
    | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'OrphanSeatsError', code: ErrorCode, message: string, alternatives: Array<Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>> }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
    | { __typename: 'SeatLimitExceededError', limit: number, code: ErrorCode, message: string }
    | { __typename: 'SeatsUnavailableError', code: ErrorCode, message: string, unavailableSeats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }> }
   | null };

export type RequestHoldMutationVariables = Exact<{
  input: HoldSeatsInput;
}>;


export type RequestHoldMutation = { outcome:
    | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'HoldRequest', id: string, queue: HoldRequestStatus }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type RequestHoldBestAvailableMutationVariables = Exact<{
  input: HoldBestAvailableInput;
}>;


export type RequestHoldBestAvailableMutation = { outcome:
    | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'HoldRequest', id: string, queue: HoldRequestStatus }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
   | null };

export type HoldRequestUpdatesSubscriptionVariables = Exact<{
  id: string;
}>;


export type HoldRequestUpdatesSubscription = { holdRequestUpdates: { id: string, status: HoldRequestStatus, ahead: number | null, result:
      | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
      | { __typename: 'Booking', id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } }
      | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
      | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
      | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
      | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
      | { __typename: 'NotFoundError', code: ErrorCode, message: string }
      | { __typename: 'OrphanSeatsError', code: ErrorCode, message: string, alternatives: Array<Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>> }
      | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
      | { __typename: 'ReadOnlyError', retryAfterSeconds: number, code: ErrorCode, message: string }
      | { __typename: 'SeatLimitExceededError', limit: number, code: ErrorCode, message: string }
      | { __typename: 'SeatsUnavailableError', code: ErrorCode, message: string, unavailableSeats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }> }
     | null } };


export const HoldSeatsDocument = gql`
    mutation HoldSeats($input: HoldSeatsInput!) {
  outcome: holdSeats(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<HoldSeatsMutation, HoldSeatsMutationVariables>;
export const HoldBestAvailableDocument = gql`
    mutation HoldBestAvailable($input: HoldBestAvailableInput!) {
  outcome: holdBestAvailable(input: $input) {
    __typename
    ...BookingDetails
    ...Problem
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<HoldBestAvailableMutation, HoldBestAvailableMutationVariables>;
export const RequestHoldDocument = gql`
    mutation RequestHold($input: HoldSeatsInput!) {
  outcome: requestHold(input: $input) {
    __typename
    ... on HoldRequest {
      id
      queue: status
    }
    ...Problem
  }
}
    ${ProblemFragmentDoc}
${SeatLineFragmentDoc}
${AmountFragmentDoc}` as unknown as DocumentNode<RequestHoldMutation, RequestHoldMutationVariables>;
export const RequestHoldBestAvailableDocument = gql`
    mutation RequestHoldBestAvailable($input: HoldBestAvailableInput!) {
  outcome: requestHoldBestAvailable(input: $input) {
    __typename
    ... on HoldRequest {
      id
      queue: status
    }
    ...Problem
  }
}
    ${ProblemFragmentDoc}
${SeatLineFragmentDoc}
${AmountFragmentDoc}` as unknown as DocumentNode<RequestHoldBestAvailableMutation, RequestHoldBestAvailableMutationVariables>;
export const HoldRequestUpdatesDocument = gql`
    subscription HoldRequestUpdates($id: ID!) {
  holdRequestUpdates(holdRequestId: $id) {
    id
    status
    ahead
    result {
      __typename
      ...BookingDetails
      ...Problem
    }
  }
}
    ${BookingDetailsFragmentDoc}
${AmountFragmentDoc}
${SeatLineFragmentDoc}
${ProblemFragmentDoc}` as unknown as DocumentNode<HoldRequestUpdatesSubscription, HoldRequestUpdatesSubscriptionVariables>;