import { SelloutError } from '../platform/errors.ts';

/** A token that is malformed, forged or expired, or whose issuer this server does not trust. */
export class InvalidTokenError extends Error {
  constructor(cause: unknown) {
    super('The token is not valid.', { cause });
    this.name = 'InvalidTokenError';
  }
}

/** A token that cannot be verified, because the keys of the identity provider cannot be fetched. */
export class UncheckedTokenError extends SelloutError {
  readonly code = 'BUSY';
  readonly retryAfterSeconds = 5;

  constructor(cause: unknown) {
    super('The token could not be verified at this time. Nothing was changed; retry later.');
    this.cause = cause;
  }
}
