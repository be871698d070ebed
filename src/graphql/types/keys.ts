/** The words for the two input fields that all holding mutations share. */
export const idempotencyKeyDescription =
  'Any string of 1 to 255 characters, made up anew for each attempt. It belongs to the caller, the event and the operation. Once a call with it has succeeded, the same input (whatever the order of seats and the admission token) gives that booking again, before any limit is looked at, and another input an IdempotencyConflictError. A refusal does not use it up.';

export const admissionTokenDescription =
  "Needed while the event's waiting room is on. No event has one yet, so it changes nothing.";
