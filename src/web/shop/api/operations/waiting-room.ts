// Printed by `npm run docs` from waiting-room.graphql. Never edited by hand.
import { RoomFragmentDoc, ProblemFragmentDoc, SeatLineFragmentDoc, AmountFragmentDoc } from './fragments.ts';
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

export type Chance =
  | 'GOOD'
  | 'LOW'
  | 'NONE';

export type ClaimAdmissionInput = {
  placeToken: string;
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

export type WaitingRoomOfQueryVariables = Exact<{
  id: string;
}>;


export type WaitingRoomOfQuery = { event: { id: string, availability: { available: number, held: number }, waitingRoom: { mode: WaitingRoomMode, state: WaitingRoomState, lobbyOpensAt: string | null, opensAt: string | null, nowServing: number, waiting: number } } | null };

export type DrawCommitmentQueryVariables = Exact<{
  id: string;
}>;


export type DrawCommitmentQuery = { event: { id: string, waitingRoomProof: { commitment: string } | null } | null };

export type DrawProofQueryVariables = Exact<{
  id: string;
}>;


export type DrawProofQuery = { event: { id: string, waitingRoomProof: { commitment: string, digest: string | null, lobbySize: number | null, seed: string | null, joinIndex: number | null } | null } | null };

export type WaitingRoomUpdatesSubscriptionVariables = Exact<{
  eventId: string;
}>;


export type WaitingRoomUpdatesSubscription = { waitingRoomUpdates: { mode: WaitingRoomMode, state: WaitingRoomState, lobbyOpensAt: string | null, opensAt: string | null, nowServing: number, waiting: number } };

export type JoinWaitingRoomMutationVariables = Exact<{
  eventId: string;
  placeToken?: string | null | undefined;
  challengeSolution?: string | null | undefined;
}>;


export type JoinWaitingRoomMutation = { outcome:
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'ChallengeRequiredError', code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'EventNotOnSaleError', eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
    | { __typename: 'WaitingRoomPlace', number: number | null, ahead: number | null, estimatedWaitSeconds: number | null, chance: Chance, placeToken: string }
   | null };

export type ClaimAdmissionMutationVariables = Exact<{
  input: ClaimAdmissionInput;
}>;


export type ClaimAdmissionMutation = { outcome:
    | { __typename: 'Admission', expiresAt: string, admissionToken: string }
    | { __typename: 'AdmissionRequiredError', code: ErrorCode, message: string }
    | { __typename: 'BusyError', retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null }
   | null };

export type LeaveWaitingRoomMutationVariables = Exact<{
  eventId: string;
}>;


export type LeaveWaitingRoomMutation = { leaveWaitingRoom: { mode: WaitingRoomMode, state: WaitingRoomState, lobbyOpensAt: string | null, opensAt: string | null, nowServing: number, waiting: number } | null };


export const WaitingRoomOfDocument = gql`
    query WaitingRoomOf($id: ID!) {
  event(id: $id) {
    id
    availability {
      available
      held
    }
    waitingRoom {
      ...Room
    }
  }
}
    ${RoomFragmentDoc}` as unknown as DocumentNode<WaitingRoomOfQuery, WaitingRoomOfQueryVariables>;
export const DrawCommitmentDocument = gql`
    query DrawCommitment($id: ID!) {
  event(id: $id) {
    id
    waitingRoomProof {
      commitment
    }
  }
}
    ` as unknown as DocumentNode<DrawCommitmentQuery, DrawCommitmentQueryVariables>;
export const DrawProofDocument = gql`
    query DrawProof($id: ID!) {
  event(id: $id) {
    id
    waitingRoomProof {
      commitment
      digest
      lobbySize
      seed
      joinIndex
    }
  }
}
    ` as unknown as DocumentNode<DrawProofQuery, DrawProofQueryVariables>;
export const WaitingRoomUpdatesDocument = gql`
    subscription WaitingRoomUpdates($eventId: ID!) {
  waitingRoomUpdates(eventId: $eventId) {
    ...Room
  }
}
    ${RoomFragmentDoc}` as unknown as DocumentNode<WaitingRoomUpdatesSubscription, WaitingRoomUpdatesSubscriptionVariables>;
export const JoinWaitingRoomDocument = gql`
    mutation JoinWaitingRoom($eventId: ID!, $placeToken: String, $challengeSolution: String) {
  outcome: joinWaitingRoom(
    eventId: $eventId
    placeToken: $placeToken
    challengeSolution: $challengeSolution
  ) {
    __typename
    ... on WaitingRoomPlace {
      placeToken: token
      number
      ahead
      estimatedWaitSeconds
      chance
    }
    ...Problem
  }
}
    ${ProblemFragmentDoc}
${SeatLineFragmentDoc}
${AmountFragmentDoc}` as unknown as DocumentNode<JoinWaitingRoomMutation, JoinWaitingRoomMutationVariables>;
export const ClaimAdmissionDocument = gql`
    mutation ClaimAdmission($input: ClaimAdmissionInput!) {
  outcome: claimAdmission(input: $input) {
    __typename
    ... on Admission {
      admissionToken: token
      expiresAt
    }
    ...Problem
  }
}
    ${ProblemFragmentDoc}
${SeatLineFragmentDoc}
${AmountFragmentDoc}` as unknown as DocumentNode<ClaimAdmissionMutation, ClaimAdmissionMutationVariables>;
export const LeaveWaitingRoomDocument = gql`
    mutation LeaveWaitingRoom($eventId: ID!) {
  leaveWaitingRoom(eventId: $eventId) {
    ...Room
  }
}
    ${RoomFragmentDoc}` as unknown as DocumentNode<LeaveWaitingRoomMutation, LeaveWaitingRoomMutationVariables>;