/** The words for the two input fields that all holding mutations share. */
export const idempotencyKeyDescription =
  'Any string of 1 to 255 characters, a new one for each attempt; it belongs to the caller, the event and the operation, and a refusal does not use it up. Once a call with it has succeeded, the same input (whatever the order of seats and the admission token) gives that booking again, before any limit is looked at, and another input an IdempotencyConflictError. That holds for 48 hours, and for as long as the booking is a hold or confirmed; after that the key counts as new and books again.';

export const admissionTokenDescription =
  "Needed while the event's waiting room is on. No event has one yet, so it changes nothing.";
