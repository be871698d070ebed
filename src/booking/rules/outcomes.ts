import type { BookingRecord, Outcome, Refusal } from './model.ts';

export function done(booking: BookingRecord | null): Outcome {
  return { kind: 'done', booking };
}

export function refused(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}

export const againUnlocked: Outcome = { kind: 'again', why: 'unlocked' };
export const againConflict: Outcome = { kind: 'again', why: 'conflict' };
