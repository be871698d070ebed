import {
  type Draft,
  type Outcome,
  retryConflict,
  retryUnlocked,
  done,
  refused,
  freeOverdueSeats,
  isFree,
  findReplay,
  eventNotOnSale,
} from './draft.ts';
import type { HoldCommand, RequestOfHold } from './commands.ts';
import type { RequestOutcome } from './model.ts';

/**
 * Decides a hold: all of the seats or none. Checks, in this order:
 *
 * 1. a replay of the same idempotency key returns its booking;
 * 2. the hold comes from the queue of requests, if the event demands it;
 * 3. the event is on sale;
 * 4. the buyer is admitted, if the event's waiting room is on;
 * 5. the number of seats alone is within the seat limit;
 * 6. the seats exist and are free (holds that can be taken over count as free);
 * 7. the buyer's seats, with those the buyer has already, are within the limit;
 * 8. no single seat is isolated, if the event forbids it and the caller chose the seats.
 *
 * A hold that comes from the queue is decided once, before its deadline. Its outcome is stored with it.
 */
export function decideHold(draft: Draft, command: HoldCommand): Outcome {
  const { request } = command;
  if (request === undefined) return decideNow(draft, command);
  if (draft.isSettled(request.requestId)) return done(null); // guard: request-settled-once
  // guard: request-deadline
  const isLate = request.expiresAtMs <= draft.clockMs;
  const outcome = isLate ? refused({ code: 'REQUEST_EXPIRED' }) : decideNow(draft, command);
  settle(draft, command, request, outcome);
  return outcome;
}

function decideNow(draft: Draft, command: HoldCommand): Outcome {
  const replay = findReplay(draft, command.buyerId, command.key);
  if (replay !== null) return replay;
  if (draft.event.bookingMode === 'QUEUED' && command.request === undefined)
    return refused({ code: 'QUEUED_ONLY' }); // guard: queued-only
  return (
    refuseUnlessOnSale(draft, command.buyerId) ??
    refuseUnlessAdmitted(draft, command.buyerId, command.isAdmitted) ??
    refuseOverLimit(draft, command, 0) ??
    takeSeats(draft, command)
  );
}

/** Stores the outcome of a queued hold, if it is final. */
function settle(draft: Draft, command: HoldCommand, request: RequestOfHold, outcome: Outcome): void {
  const { buyerId, key, chosen } = command;
  if (outcome.kind === 'retry') return;
  if (key === null) throw new Error('a queued hold has no idempotency key');
  // The server chooses other seats for the next batch.
  const taken = outcome.kind === 'refused' && outcome.refusal.code === 'SEATS_UNAVAILABLE';
  if (taken && request.mayChoose && chosen === null) return; // guard: request-alternative
  const { requestId } = request;
  draft.settleRequest({ requestId, buyerId, inputHash: key.inputHash, outcome: toRequestOutcome(outcome) });
}

function toRequestOutcome(outcome: Exclude<Outcome, { readonly kind: 'retry' }>): RequestOutcome {
  if (outcome.kind === 'refused')
    return outcome.refusal.code === 'REQUEST_EXPIRED'
      ? { status: 'EXPIRED' }
      : { status: 'REFUSED', refusal: outcome.refusal };
  if (outcome.booking === null) throw new Error('a hold succeeded without a booking');
  return { status: 'DONE', bookingId: outcome.booking.id };
}

function refuseOverLimit(draft: Draft, command: HoldCommand, has: number): Outcome | null {
  const limit = draft.event.seatLimit;
  return has + command.quantity > limit ? refused({ code: 'SEAT_LIMIT_EXCEEDED', limit }) : null; // guard: seat-limit
}

function takeSeats(draft: Draft, command: HoldCommand): Outcome {
  const seats = selectSeats(draft, command);
  if ('kind' in seats) return seats;
  const limited = refuseOverLimit(draft, command, draft.countSeats(command.buyerId));
  if (limited !== null) return limited;
  const orphans = seats === command.named ? findOrphans(draft, seats) : [];
  if (orphans.length > 0) return refused({ code: 'ORPHAN_SEATS', orphans, seats });
  if (!freeOverdueSeats(draft, seats)) return retryUnlocked;

  for (const index of seats) draft.moveSeat(index, 'HELD', command.bookingId);
  const booking = draft.putBooking({
    eventId: draft.event.eventId,
    id: command.bookingId,
    buyerId: command.buyerId,
    status: 'HOLD',
    seats,
    totalAmount: sumPrices(draft, seats),
    createdAtMs: draft.clockMs,
    holdExpiresAtMs: draft.clockMs + draft.event.holdTtlMs,
    takeoverDelayMs: draft.getTakeoverDelayMs(), // guard: takeover-delay-of-hold
    extendedAtMs: null,
    confirmedAtMs: null,
    endedAtMs: null,
  });
  draft.useKey(command.buyerId, command.key, booking.id); // guard: idempotency-key-stored
  return done(booking);
}

/** Returns the named seats if they are free; otherwise the seats that the server chose, if any. */
function selectSeats(draft: Draft, { named, chosen }: HoldCommand): readonly number[] | Outcome {
  if (named.some((index) => index >= draft.event.seatsTotal))
    return refused({ code: 'NOT_FOUND', what: 'seat' });
  if ([...named, ...(chosen ?? [])].some((index) => draft.seat(index) === undefined)) return retryUnlocked;

  const taken = named.filter((index) => !isFree(draft, index));
  if (named.length > 0 && taken.length === 0) return named;
  if (chosen === null || chosen.length === 0) return refused({ code: 'SEATS_UNAVAILABLE', seats: taken });
  return chosen.every((index) => isFree(draft, index)) ? chosen : retryConflict;
}

/** Refuses to take seats of an event that is not on sale. Returns null if it is. */
export function refuseUnlessOnSale(draft: Draft, buyerId: string): Outcome | null {
  const { status, onSaleAtMs, saleEndsAtMs, organizerId } = draft.event;
  if (status === 'DRAFT' && buyerId !== organizerId) return refused({ code: 'NOT_FOUND', what: 'event' });
  const isOpen = onSaleAtMs <= draft.clockMs && draft.clockMs < saleEndsAtMs; // guard: sale-end
  return status === 'ON_SALE' && isOpen ? null : eventNotOnSale(draft);
}

/** Refuses to take seats for a buyer who is not admitted while the event's waiting room is on. Returns null if allowed. */
export function refuseUnlessAdmitted(draft: Draft, buyerId: string, isAdmitted = false): Outcome | null {
  if (!draft.event.needsAdmission) return null;
  const isRevoked = draft.revokedBuyers.includes(buyerId); // guard: revoked-admission
  return isAdmitted && !isRevoked ? null : refused({ code: 'ADMISSION_REQUIRED' }); // guard: admission-required
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
