import { SelloutError } from '../platform/errors.ts';

/** A token that is missing a part, is forged or expired, or comes from an issuer that this server does not trust. */
export class InvalidTokenError extends Error {
  constructor(cause: unknown) {
    super('The token is not valid.', { cause });
    this.name = 'InvalidTokenError';
  }
}

/** The keys of the identity provider cannot be fetched, so it is unknown whether the token is valid. */
export class UncheckedTokenError extends SelloutError {
  readonly code = 'BUSY';
  readonly retryAfterSeconds = 5;

  constructor(cause: unknown) {
    super('The token could not be verified at this time. Nothing was changed; retry later.');
    this.cause = cause;
  }
}
