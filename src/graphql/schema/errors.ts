import { InvalidPlanError } from '../../catalog/errors.ts';
import type { PlanFault as Fault } from '../../catalog/seating-plan/seating-plan.ts';
import {
  BusyError,
  ChallengeRequiredError,
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
  type Challenge as PuzzleChallenge,
  type InputFieldError as FieldError,
  type SelloutError,
} from '../../platform/errors.ts';
import { INPUT_ERRORS_MAX } from '../../platform/input-errors.ts';
import { builder } from './builder.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'A code for each type that implements Error.',
  values: {
    SEATS_UNAVAILABLE: { description: 'SeatsUnavailableError: seats are taken, or too few are available.' },
    SEAT_LIMIT_EXCEEDED: {
      description: 'SeatLimitExceededError: the buyer would have more seats than the event allows.',
    },
    EVENT_NOT_ON_SALE: { description: 'EventNotOnSaleError: the event is not on sale.' },
    HOLD_EXPIRED: { description: 'HoldExpiredError: the hold has expired.' },
    BOOKING_STATE: { description: "BookingStateError: the booking's status does not allow the operation." },
    IDEMPOTENCY_CONFLICT: {
      description: 'IdempotencyConflictError: the idempotency key was used with different input.',
    },
    EXTENSION_REFUSED: { description: 'ExtensionRefusedError: the hold cannot be extended.' },
    CANCELLATION_REFUSED: {
      description: 'CancellationRefusedError: only the organizer can cancel the booking.',
    },
    ORPHAN_SEATS: { description: 'OrphanSeatsError: the choice would leave single seats isolated.' },
    INVALID_INPUT: { description: 'InvalidInputError or InvalidPlanError: the input is not valid.' },
    NOT_FOUND: { description: 'NotFoundError: the object does not exist or is not visible to the caller.' },
    RATE_LIMITED: { description: 'RateLimitedError: too many requests.' },
    ADMISSION_REQUIRED: {
      description: 'AdmissionRequiredError: the event requires a valid admission token.',
    },
    CHALLENGE_REQUIRED: {
      description: 'ChallengeRequiredError: the operation requires the solution of a challenge.',
    },
    READ_ONLY: { description: 'ReadOnlyError: writes are temporarily disabled.' },
    BUSY: { description: 'BusyError: the server could not complete the operation in time.' },
  } as const,
});

/** The fields of every expected error. Each error class has its own type, here or in booking-errors.ts. */
export const ErrorInterface = builder.interfaceRef<SelloutError>('Error').implement({
  description:
    'An expected error, returned as data. All members of a result union except the successful result implement it.',
  fields: (t) => ({
    code: t.field({
      type: ErrorCode,
      description: 'A machine-readable code that identifies the kind of error.',
      resolve: (error) => error.code as (typeof ErrorCode)['$inferType'],
    }),
    message: t.exposeString('message', {
      description: 'A human-readable explanation in English: what happened and how to fix it.',
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'The object does not exist, or the caller is not allowed to see it.',
  interfaces: [ErrorInterface],
});

const InputFieldError = builder.objectRef<FieldError>('InputFieldError').implement({
  description: 'An input field that is not valid.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'The path of the field in the input, separated by dots, such as `priceTiers.2.amount`.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong with the field, and which values are allowed.',
    }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input is not valid. Nothing was changed; do not retry with the same input.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', {
      description:
        'The path of the first field that is not valid, separated by dots. `message` is about this field.',
    }),
    errors: t.field({
      type: [InputFieldError],
      description: `All fields that are not valid, each once. At most ${INPUT_ERRORS_MAX} are returned.`,
      resolve: ({ errors }) => errors,
    }),
  }),
});

const PlanFault = builder.objectRef<Fault>('PlanFault').implement({
  description: 'An error in a seating plan.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'The position in the file, such as "zones[2].rows[0].seats[14].seat_guid". "$" is the whole file.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, and how to fix it.' }),
  }),
});

builder.objectType(InvalidPlanError, {
  name: 'InvalidPlanError',
  description: 'The seating plan has errors. Nothing was imported.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The input field that contains the plan.' }),
    faults: t.field({
      type: [PlanFault],
      description: 'The errors in the plan. At most 100 are returned.',
      resolve: ({ faults }) => faults,
    }),
    faultCount: t.exposeInt('faultCount', { description: 'The total number of errors in the plan.' }),
  }),
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was already used with different input. Nothing was changed.',
  interfaces: [ErrorInterface],
});

const ChallengeKind = builder.enumType('ChallengeKind', {
  description: 'How a challenge is solved.',
  values: {
    PROOF_OF_WORK: {
      description:
        'The solution is `token`, a dot, and a decimal number, such that its SHA-256 hash begins with `difficultyBits` zero bits.',
    },
  } as const,
});

const Challenge = builder.objectRef<PuzzleChallenge>('Challenge').implement({
  description: 'A challenge that only this caller can solve, for one event. Its solution can be used once.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ChallengeKind, description: 'How the challenge is solved.' }),
    token: t.exposeString('token', { description: 'The text that a solution begins with.' }),
    difficultyBits: t.exposeInt('difficultyBits', {
      nullable: true,
      description: 'The number of leading zero bits that the hash of a solution needs.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'The solution is accepted until this instant.',
    }),
  }),
});

builder.objectType(ChallengeRequiredError, {
  name: 'ChallengeRequiredError',
  description:
    'The server requires the solution of a challenge, and there was none, or it was not accepted. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    challenge: t.field({
      type: Challenge,
      // As in RateLimitedError: otherwise no selection could have both fields.
      nullable: true,
      description: 'The challenge to solve. Never null.',
      resolve: ({ challenge }) => challenge,
    }),
  }),
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'The caller sent too many requests. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
    challenge: t.field({
      type: Challenge,
      nullable: true,
      description:
        'A challenge whose solution lets the caller retry at once, with `challengeSolution`. Null if only waiting helps.',
      resolve: ({ challenge }) => challenge,
    }),
  }),
});

builder.objectType(ReadOnlyError, {
  name: 'ReadOnlyError',
  description: 'Writes are temporarily disabled; reads still work. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
  }),
});

builder.objectType(BusyError, {
  name: 'BusyError',
  description:
    'The server could not complete the operation in time. Retry it, with the same idempotency key if it takes one.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      description: 'The number of seconds to wait before retrying.',
    }),
    outcomeUnknown: t.exposeBoolean('outcomeUnknown', {
      description:
        'If false, nothing was changed. If true, the connection to the database was lost during the commit, and the change may or may not have been made: a retry with the same idempotency key returns the outcome.',
    }),
  }),
});
