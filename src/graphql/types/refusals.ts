import {
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
  BusyError,
} from '../../platform/errors.ts';

/** What every mutation may answer instead. */
export const commonRefusals = [
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  ReadOnlyError,
  BusyError,
] as const;
