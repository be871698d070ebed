import type { Draft } from './draft.ts';
import type { Outcome } from './model.ts';
import { refused } from './outcomes.ts';

/** The refusal for taking seats of an event that is not on sale now; null while it is. */
export function notOnSale(draft: Draft, buyerId: string): Outcome | null {
  const { status, onSaleAtMs, organizerId } = draft.event;
  if (status === 'DRAFT' && buyerId !== organizerId) return refused({ code: 'NOT_FOUND', what: 'event' });
  if (status === 'ON_SALE' && draft.clockMs >= onSaleAtMs) return null;
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs });
}

/** The refusal for confirming once sales are over. PAUSED takes no new holds, but lets standing ones be confirmed. */
export function salesOver(draft: Draft): Outcome | null {
  const { status, onSaleAtMs } = draft.event;
  if (status === 'ON_SALE' || status === 'PAUSED') return null;
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs });
}

/** What the seats cost together. */
export function totalOf(draft: Draft, seats: readonly number[]): number {
  let total = 0;
  for (const index of seats) {
    const amount = draft.event.tierAmounts[draft.seat(index)?.tierIndex ?? -1];
    if (amount === undefined) throw new Error(`seat ${index} has no price`);
    total += amount;
  }
  return total;
}
