/**
 * Failures that a client may see, as data. Each room adds those that are its own; all of them carry the code that the
 * schema's ErrorCode has for them.
 */
export abstract class SelloutError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export class InvalidInputError extends SelloutError {
  readonly code = 'INVALID_INPUT';
  /** The input's field, dotted where it lies deeper, e.g. `priceTiers.2.category`. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

export class NotFoundError extends SelloutError {
  readonly code = 'NOT_FOUND';
}

export class ReadOnlyError extends SelloutError {
  readonly code = 'READ_ONLY';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds = 10) {
    super('Writes are switched off at the moment; reading goes on.');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class BusyError extends SelloutError {
  readonly code = 'BUSY';
  readonly retryAfterSeconds: number;
  /** False: nothing happened, for certain. True: it could not be found out; the next try with the same key tells. */
  readonly outcomeUnknown: boolean;

  constructor(outcomeUnknown = false, retryAfterSeconds = 1) {
    super(
      outcomeUnknown
        ? 'The connection to the database broke, and whether it was done is not known. Look before you try again; with an idempotency key, trying again tells.'
        : 'It was not done in time, and nothing happened. Try again.',
    );
    this.outcomeUnknown = outcomeUnknown;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class RateLimitedError extends SelloutError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Too many requests. Try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
