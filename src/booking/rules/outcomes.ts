import type { BookingRecord, Outcome, Refusal } from './model.ts';

export function done(booking: BookingRecord | null): Outcome {
  return { kind: 'done', booking };
}

export function refused(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}

export const retryUnlocked: Outcome = { kind: 'retry', why: 'unlocked' };
export const retryConflict: Outcome = { kind: 'retry', why: 'conflict' };
