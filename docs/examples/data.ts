/** An event in a list. */
export interface EventSummary {
  readonly id: string;
  readonly name: string;
}

export interface Booking {
  readonly __typename: 'Booking';
  readonly id: string;
  readonly status: 'HOLD' | 'CONFIRMED' | 'EXPIRED' | 'RELEASED' | 'CANCELED';
}

/** A booking as `holdSeats` returns it. */
export interface Hold extends Booking {
  readonly createdAt: string;
  readonly holdExpiresAt: string;
  readonly seats: readonly { readonly label: string }[];
}

interface Failure<Name extends string> {
  readonly __typename: Name;
  readonly code: string;
  readonly message: string;
}

interface SeatsUnavailable extends Failure<'SeatsUnavailableError'> {
  readonly seats: readonly { readonly label: string }[];
}

interface Busy extends Failure<'BusyError'> {
  readonly outcomeUnknown: boolean;
  readonly retryAfterSeconds: number;
}

interface RateLimited extends Failure<'RateLimitedError'> {
  readonly retryAfterSeconds: number;
}

type OtherFailure = Failure<
  | 'AdmissionRequiredError'
  | 'EventNotOnSaleError'
  | 'IdempotencyConflictError'
  | 'InvalidInputError'
  | 'NotFoundError'
  | 'OrphanSeatsError'
  | 'ReadOnlyError'
  | 'SeatLimitExceededError'
>;

export interface HoldInput {
  readonly eventId: string;
  readonly seatIds: readonly string[];
  readonly idempotencyKey?: string;
}

export type HoldResult = Hold | SeatsUnavailable | Busy | RateLimited | OtherFailure;
export type ConfirmResult = Booking | Failure<'BookingStateError' | 'HoldExpiredError'> | Busy | OtherFailure;
export type ReleaseResult = ConfirmResult;
