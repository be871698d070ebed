import type { Draft } from './draft.ts';
import type { Key } from './model.ts';
import { type Outcome, done, refused } from './outcomes.ts';

/** Returns the outcome of an earlier successful call with the same key; null if there is no key or it is new. */
export function findReplay(draft: Draft, buyerId: string, key: Key | null): Outcome | null {
  if (key === null) return null;
  const used = draft.usedKey(buyerId, key);
  if (used === undefined) return null;
  // guard: idempotency-key-input
  if (used.inputHash !== key.inputHash) return refused({ code: 'IDEMPOTENCY_CONFLICT' });
  const booking = draft.booking(used.bookingId);
  if (booking === undefined) throw new Error(`booking ${used.bookingId} of a used key was not read`);
  return done(booking);
}
