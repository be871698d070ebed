/**
 * Base class of expected errors that clients see as data. Each module adds its own. `code` is a value of the schema's
 * ErrorCode.
 */
export abstract class SelloutError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** An input field that is not valid. */
export interface InputFieldError {
  /** The field's path, dotted below the first level, e.g. `priceTiers.2.category`. */
  readonly field: string;
  readonly message: string;
}

export class InvalidInputError extends SelloutError {
  readonly code = 'INVALID_INPUT';
  /** The first field that is not valid. The error's message is about it. */
  readonly field: string;
  /** All fields that are not valid, each once; see InputErrors. */
  readonly errors: readonly InputFieldError[];

  constructor(field: string, message: string, others: readonly InputFieldError[] = []) {
    super(message);
    this.field = field;
    this.errors = [{ field, message }, ...others];
  }

  static ofFields([{ field, message }, ...others]: readonly [InputFieldError, ...InputFieldError[]]) {
    return new InvalidInputError(field, message, others);
  }
}

export class NotFoundError extends SelloutError {
  readonly code = 'NOT_FOUND';
}

export class IdempotencyConflictError extends SelloutError {
  readonly code = 'IDEMPOTENCY_CONFLICT';

  constructor() {
    super('This idempotency key was already used with different input. Use a new key for a new operation.');
  }
}

export class ReadOnlyError extends SelloutError {
  readonly code = 'READ_ONLY';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds = 10) {
    super('Writes are temporarily disabled, and nothing was changed. Reads still work; retry later.');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class BusyError extends SelloutError {
  readonly code = 'BUSY';
  readonly retryAfterSeconds: number;
  /** False if certainly nothing was changed. True if the outcome is unknown: a retry with the same key returns it. */
  readonly outcomeUnknown: boolean;

  /** Nothing was changed. */
  constructor({ outcomeUnknown = false, retryAfterSeconds = 1 } = {}) {
    super(
      outcomeUnknown
        ? 'The connection to the database was lost; the outcome of the operation is unknown. Retry with the same idempotency key, or check the current state before you retry.'
        : 'The server could not complete the operation in time. Nothing was changed; retry.',
    );
    this.outcomeUnknown = outcomeUnknown;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static outcomeUnknown(): BusyError {
    return new BusyError({ outcomeUnknown: true });
  }

  /** Nothing was changed; the client should wait this long before it retries. */
  static retryAfter(retryAfterSeconds: number): BusyError {
    return new BusyError({ retryAfterSeconds });
  }
}

/** The event's waiting room is on, and the caller has no valid admission. */
export class AdmissionRequiredError extends SelloutError {
  readonly code = 'ADMISSION_REQUIRED';

  constructor() {
    super(
      "The event's waiting room is on, and you are not admitted. Join it, claim an admission when your number is up, and retry with its token.",
    );
  }
}

/** A puzzle for the client, as data. */
export interface Challenge {
  readonly kind: 'PROOF_OF_WORK';
  /** The text that a solution begins with. */
  readonly token: string;
  /** Leading zero bits that the hash of a solution needs. */
  readonly difficultyBits: number;
  readonly expiresAt: Date;
}

export class RateLimitedError extends SelloutError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;
  /** Its solution lets the caller retry at once. Null if only waiting helps. */
  readonly challenge: Challenge | null;

  constructor(
    retryAfterSeconds: number,
    message = `Too many requests. Retry in ${retryAfterSeconds} s.`,
    challenge: Challenge | null = null,
  ) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.challenge = challenge;
  }
}

/** The operation needs the solution of a challenge. */
export class ChallengeRequiredError extends SelloutError {
  readonly code = 'CHALLENGE_REQUIRED';
  readonly challenge: Challenge;

  /** @param isWrong true if there was a solution, which is wrong, expired or used already. */
  constructor(challenge: Challenge, isWrong: boolean) {
    super(
      `${isWrong ? 'The solution is wrong, expired, or used already.' : 'Joining requires the solution of a challenge.'} Solve this challenge, and retry with its solution.`,
    );
    this.challenge = challenge;
  }
}

/** A failure to start that the operator can fix. Its message names the variable and says what to do. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}

/** Returns the message of an error. Errors of Node have none if all addresses of a host name failed. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
