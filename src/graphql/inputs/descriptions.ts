/** Descriptions of input fields that several mutations share. */
export const idempotencyKeyDescription =
  'A unique string of 1 to 255 characters that makes retries safe, scoped to the caller, the event, and the operation. After a call succeeds, a retry with the same key and input (seats in any order) returns the same booking, and the same key with different input returns IdempotencyConflictError; failed calls do not use the key. Keys are kept for at least 48 hours, and for as long as the booking is in HOLD or CONFIRMED.';

export const challengeSolutionDescription =
  'The solution of the `challenge` of an earlier RateLimitedError. It lets a slowed caller retry at once. Ignored otherwise.';

export const admissionTokenDescription =
  "The admission token from `claimAdmission`, required while the event's waiting room is on. Ignored otherwise.";
