import { getEventStatus } from '../../catalog/events/event-status.ts';
import type { Draft } from './draft.ts';
import type { Outcome } from './model.ts';
import { refused } from './outcomes.ts';

/** The refusal for taking seats of an event that is not on sale now; null while it is. */
export function notOnSale(draft: Draft, buyerId: string): Outcome | null {
  const { status, onSaleAtMs, saleEndsAtMs, organizerId } = draft.event;
  if (status === 'DRAFT' && buyerId !== organizerId) return refused({ code: 'NOT_FOUND', what: 'event' });
  const isOpen = onSaleAtMs <= draft.clockMs && draft.clockMs < saleEndsAtMs; // guard: sale-end
  return status === 'ON_SALE' && isOpen ? null : eventNotOnSale(draft);
}

/**
 * The refusal for confirming once sales are over. PAUSED takes no new holds, but lets standing ones be confirmed, and
 * so does a sale that has ended by its time: each hold keeps its own deadline.
 */
export function salesOver(draft: Draft): Outcome | null {
  const { status } = draft.event;
  return status === 'ON_SALE' || status === 'PAUSED' ? null : eventNotOnSale(draft);
}

function eventNotOnSale({ event, clockMs }: Draft): Outcome {
  const { onSaleAtMs, saleEndsAtMs } = event;
  const status = getEventStatus(event, clockMs);
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs, saleEndsAtMs });
}

/** The refusal for a buyer's cancellation that the event does not allow, or does not allow any more; null if it does. */
export function buyerMayNotCancel({ event, clockMs }: Draft): Outcome | null {
  const { buyersMayCancel, cancelableUntilMs } = event;
  if (!buyersMayCancel) return refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: null });
  // guard: cancellation-end
  return clockMs < cancelableUntilMs ? null : refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs });
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
