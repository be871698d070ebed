// Printed by `npm run docs` from fragments.graphql. Never edited by hand.
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

export type AmountFragment = { amount: number, currency: string };

export type SeatLineFragment = { id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } };

export type BookingDetailsFragment = { id: string, number: string, status: BookingStatus, createdAt: string, holdExpiresAt: string, extendedAt: string | null, confirmedAt: string | null, total: { amount: number, currency: string }, seats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>, event: { id: string, name: string, startsAt: string, status: EventStatus, holdExtensionSeconds: number | null, buyersMayCancel: boolean, cancelableUntil: string, venue: { name: string, timeZone: string } } };

type Problem_AdmissionRequiredError_Fragment = { code: ErrorCode, message: string };

type Problem_BookingStateError_Fragment = { bookingStatus: BookingStatus, code: ErrorCode, message: string };

type Problem_BusyError_Fragment = { retryAfterSeconds: number, outcomeUnknown: boolean, code: ErrorCode, message: string };

type Problem_CancellationRefusedError_Fragment = { cancelableUntil: string | null, code: ErrorCode, message: string };

type Problem_ChallengeRequiredError_Fragment = { code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null };

type Problem_EventNotOnSaleError_Fragment = { eventStatus: EventStatus, onSaleAt: string, saleEndsAt: string, code: ErrorCode, message: string };

type Problem_ExtensionRefusedError_Fragment = { code: ErrorCode, message: string };

type Problem_HoldExpiredError_Fragment = { code: ErrorCode, message: string };

type Problem_IdempotencyConflictError_Fragment = { code: ErrorCode, message: string };

type Problem_InvalidInputError_Fragment = { code: ErrorCode, message: string };

type Problem_InvalidPlanError_Fragment = { code: ErrorCode, message: string };

type Problem_NotFoundError_Fragment = { code: ErrorCode, message: string };

type Problem_OrphanSeatsError_Fragment = { code: ErrorCode, message: string, alternatives: Array<Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }>> };

type Problem_RateLimitedError_Fragment = { retryAfterSeconds: number, code: ErrorCode, message: string, challenge: { token: string, difficultyBits: number | null } | null };

type Problem_ReadOnlyError_Fragment = { retryAfterSeconds: number, code: ErrorCode, message: string };

type Problem_SeatLimitExceededError_Fragment = { limit: number, code: ErrorCode, message: string };

type Problem_SeatsUnavailableError_Fragment = { code: ErrorCode, message: string, unavailableSeats: Array<{ id: string, index: number, label: string, section: string, row: string, number: string, priceTier: { name: string, price: { amount: number, currency: string } } }> };

export type ProblemFragment =
  | Problem_AdmissionRequiredError_Fragment
  | Problem_BookingStateError_Fragment
  | Problem_BusyError_Fragment
  | Problem_CancellationRefusedError_Fragment
  | Problem_ChallengeRequiredError_Fragment
  | Problem_EventNotOnSaleError_Fragment
  | Problem_ExtensionRefusedError_Fragment
  | Problem_HoldExpiredError_Fragment
  | Problem_IdempotencyConflictError_Fragment
  | Problem_InvalidInputError_Fragment
  | Problem_InvalidPlanError_Fragment
  | Problem_NotFoundError_Fragment
  | Problem_OrphanSeatsError_Fragment
  | Problem_RateLimitedError_Fragment
  | Problem_ReadOnlyError_Fragment
  | Problem_SeatLimitExceededError_Fragment
  | Problem_SeatsUnavailableError_Fragment
;

export type RoomFragment = { mode: WaitingRoomMode, state: WaitingRoomState, lobbyOpensAt: string | null, opensAt: string | null, nowServing: number, waiting: number };

export const AmountFragmentDoc = gql`
    fragment Amount on Money {
  amount
  currency
}
    ` as unknown as DocumentNode<AmountFragment, unknown>;
export const SeatLineFragmentDoc = gql`
    fragment SeatLine on Seat {
  id
  index
  label
  section
  row
  number
  priceTier {
    name
    price {
      ...Amount
    }
  }
}
    ` as unknown as DocumentNode<SeatLineFragment, unknown>;
export const BookingDetailsFragmentDoc = gql`
    fragment BookingDetails on Booking {
  id
  number
  status
  createdAt
  holdExpiresAt
  extendedAt
  confirmedAt
  total {
    ...Amount
  }
  seats {
    ...SeatLine
  }
  event {
    id
    name
    startsAt
    status
    holdExtensionSeconds
    buyersMayCancel
    cancelableUntil
    venue {
      name
      timeZone
    }
  }
}
    ` as unknown as DocumentNode<BookingDetailsFragment, unknown>;
export const ProblemFragmentDoc = gql`
    fragment Problem on Error {
  code
  message
  ... on BusyError {
    retryAfterSeconds
    outcomeUnknown
  }
  ... on RateLimitedError {
    retryAfterSeconds
    challenge {
      token
      difficultyBits
    }
  }
  ... on ReadOnlyError {
    retryAfterSeconds
  }
  ... on ChallengeRequiredError {
    challenge {
      token
      difficultyBits
    }
  }
  ... on SeatLimitExceededError {
    limit
  }
  ... on SeatsUnavailableError {
    unavailableSeats {
      ...SeatLine
    }
  }
  ... on OrphanSeatsError {
    alternatives {
      ...SeatLine
    }
  }
  ... on EventNotOnSaleError {
    eventStatus
    onSaleAt
    saleEndsAt
  }
  ... on BookingStateError {
    bookingStatus
  }
  ... on CancellationRefusedError {
    cancelableUntil
  }
}
    ` as unknown as DocumentNode<ProblemFragment, unknown>;
export const RoomFragmentDoc = gql`
    fragment Room on WaitingRoom {
  mode
  state
  lobbyOpensAt
  opensAt
  nowServing
  waiting
}
    ` as unknown as DocumentNode<RoomFragment, unknown>;