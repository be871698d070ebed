import { getEventStatus } from '../../catalog/events/event-status.ts';
import { type Draft, type Outcome, refused, isFree } from './draft.ts';

/** Refuses to take seats of an event that is not on sale. Returns null if it is. */
export function refuseUnlessOnSale(draft: Draft, buyerId: string): Outcome | null {
  const { status, onSaleAtMs, saleEndsAtMs, organizerId } = draft.event;
  if (status === 'DRAFT' && buyerId !== organizerId) return refused({ code: 'NOT_FOUND', what: 'event' });
  const isOpen = onSaleAtMs <= draft.clockMs && draft.clockMs < saleEndsAtMs; // guard: sale-end
  return status === 'ON_SALE' && isOpen ? null : eventNotOnSale(draft);
}

/**
 * Refuses to confirm or extend a hold once sales are over. A paused event, or one past the end of its sale, takes no new
 * holds, but existing ones keep their deadline and can be confirmed.
 */
export function refuseIfSalesOver(draft: Draft): Outcome | null {
  const { status } = draft.event;
  return status === 'ON_SALE' || status === 'PAUSED' ? null : eventNotOnSale(draft);
}

function eventNotOnSale({ event, clockMs }: Draft): Outcome {
  const { onSaleAtMs, saleEndsAtMs } = event;
  const status = getEventStatus(event, clockMs);
  return refused({ code: 'EVENT_NOT_ON_SALE', status, onSaleAtMs, saleEndsAtMs });
}

/** Refuses a cancellation by the buyer if the event does not allow it, or no longer. Returns null if it does. */
export function refuseBuyerCancellation({ event, clockMs }: Draft): Outcome | null {
  const { buyersMayCancel, cancelableUntilMs } = event;
  if (!buyersMayCancel) return refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs: null });
  // guard: cancellation-end
  return clockMs < cancelableUntilMs ? null : refused({ code: 'CANCELLATION_REFUSED', cancelableUntilMs });
}

export function sumPrices(draft: Draft, seats: readonly number[]): number {
  let total = 0;
  for (const index of seats) {
    const amount = draft.event.tierAmounts[draft.seat(index)?.tierIndex ?? -1];
    if (amount === undefined) throw new Error(`seat ${index} has no price`);
    total += amount;
  }
  return total;
}

/**
 * Returns the seats that taking `seats` would isolate: free seats without a free neighbor. If a block of adjacent free
 * seats has exactly one seat more than is taken from it, isolating that seat is unavoidable, and allowed. Empty if the
 * event allows orphans.
 *
 * @param given seats that are given back at the same time, and count as free.
 */
export function findOrphans(
  draft: Draft,
  seats: readonly number[],
  given: readonly number[] = [],
): readonly number[] {
  if (draft.event.orphanRule !== 'FORBID') return [];
  const taken = new Set(seats);
  const freeAfter = (seat: number | null) =>
    seat !== null && !taken.has(seat) && (given.includes(seat) || isFree(draft, seat));
  const orphans = new Set<number>();
  for (const seat of seats) {
    for (const side of ['left', 'right'] as const) {
      const next = draft.neighbors(seat)[side];
      if (next === null || !freeAfter(next) || freeAfter(draft.neighbors(next)[side])) continue;
      if (freeAfter(findFirstUntaken(draft, taken, seat, side === 'left' ? 'right' : 'left')))
        orphans.add(next);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/** Returns the first seat that is not taken, going from a taken one to one side. */
function findFirstUntaken(
  draft: Draft,
  taken: ReadonlySet<number>,
  from: number,
  side: 'left' | 'right',
): number | null {
  let seat: number | null = from;
  while (seat !== null && taken.has(seat)) seat = draft.neighbors(seat)[side];
  return seat;
}
