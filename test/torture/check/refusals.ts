import { sessionTimeoutsMs } from '../../../src/platform/database/session-settings.ts';
import { SEATS_PER_ROW, tierOf } from '../hall.ts';
import { describeAttempt, type Attempt, type Refusal } from '../history.ts';
import type { Findings } from './breach.ts';
import { CLOCK_SLACK_MS } from './effects.ts';
import { covers, seatIntervals, someMoment, type Interval, type SeatIntervals } from './intervals.ts';
import { changeTo, hadStatus, isDeadline, type BookingLife, type Timeline } from './timeline.ts';

/** Checks that every refusal was justified at some moment between request and response. */
export function checkRefusals(history: readonly Attempt[], timeline: Timeline, findings: Findings): void {
  const released = new Map<string, number>();
  for (const { request, outcome, answered } of history) {
    if (request.kind !== 'release' || outcome.kind !== 'success') continue;
    const known = released.get(request.bookingId) ?? Infinity;
    released.set(request.bookingId, Math.min(known, answered.wallMs));
  }
  const byBuyer = Map.groupBy(timeline.bookings.values(), ({ buyerId }) => buyerId);
  for (const attempt of history) {
    if (attempt.outcome.kind === 'wrong') findings.add('answer', describeAttempt(attempt));
    if (attempt.outcome.kind !== 'refused') continue;
    const { code } = attempt.outcome;
    const right =
      code === 'SEAT_LIMIT_EXCEEDED'
        ? limitWasReached(attempt, timeline, byBuyer.get(attempt.buyerId) ?? [], released)
        : isCorrect(attempt, attempt.outcome, timeline);
    if (!right)
      findings.add(
        'refusal',
        `${code} without cause: ${describeAttempt(attempt)}${describeBooking(attempt, timeline)}`,
      );
  }
}

function describeBooking({ request }: Attempt, timeline: Timeline): string {
  return request.kind === 'hold'
    ? ''
    : `; recorded ${JSON.stringify(timeline.bookings.get(request.bookingId))}`;
}

function isCorrect(attempt: Attempt, refusal: Refusal, timeline: Timeline): boolean {
  const { request } = attempt;
  if (refusal.code === 'IDEMPOTENCY_CONFLICT') return true; // checkKeys checks these.
  if (refusal.code === 'SEATS_UNAVAILABLE') return seatsWereTaken(attempt, refusal.seats ?? [], timeline);
  if (request.kind === 'hold') return false;
  const booking = timeline.bookings.get(request.bookingId);
  if (refusal.code === 'NOT_FOUND') return booking?.buyerId !== attempt.buyerId;
  if (booking === undefined) return false;
  if (refusal.code === 'HOLD_EXPIRED') return hadRunOut(attempt, refusal, booking);
  if (refusal.code !== 'BOOKING_STATE') return false;
  const { status } = refusal;
  const { fromMs, untilMs } = getInterval(attempt);
  const forbids = request.kind === 'confirm' ? ['RELEASED', 'CANCELED'] : ['CONFIRMED', 'CANCELED'];
  return status !== undefined && forbids.includes(status) && hadStatus(booking, status, fromMs, untilMs);
}

function getInterval({ invoked, answered }: Attempt): Interval {
  return { fromMs: invoked.wallMs - CLOCK_SLACK_MS, untilMs: answered.wallMs + CLOCK_SLACK_MS };
}

/**
 * Whether at one moment exactly the seats that the refusal names were taken, and the other requested seats were free.
 */
function seatsWereTaken(attempt: Attempt, named: readonly number[], timeline: Timeline): boolean {
  const { request } = attempt;
  if (request.kind !== 'hold') return false;
  const during = getInterval(attempt);
  if (request.mode === 'exact' && named.length === 0) return false;
  if (named.some((seat) => !request.seats.includes(seat))) return false;
  const asked = request.seats.map((seat) => ({ seat, ...seatIntervals(timeline, seat, during) }));
  const moment = (momentMs: number) =>
    asked.every(({ seat, taken, free }) => covers(named.includes(seat) ? taken : free, momentMs));
  const begins = asked.flatMap(({ taken, free }) => [...taken, ...free]);
  if (!someMoment(begins, during, moment)) return false;
  if (request.mode === 'exact') return true;
  return request.mode === 'best'
    ? lacked(during, timeline, (free) => free.filter(Boolean).length < request.quantity)
    : lacked(
        during,
        timeline,
        (free) => longestInRow(free, new Set(request.seats.map(tierOf))) < request.quantity,
      );
}

/**
 * Whether at some moment too few seats may have been free, not counting those certainly taken. The server looks for
 * seats without a lock and sees a batch only after its commit, which may be later than the batch's clock by the maximum
 * length of a transaction.
 */
function lacked(
  { fromMs, untilMs }: Interval,
  timeline: Timeline,
  tooFew: (free: readonly boolean[]) => boolean,
): boolean {
  const during = { fromMs: fromMs - sessionTimeoutsMs.transaction_timeout, untilMs };
  const all: SeatIntervals[] = timeline.seats.map((_, seat) => seatIntervals(timeline, seat, during));
  return someMoment(
    all.flatMap(({ taken }) => taken),
    during,
    (momentMs) => tooFew(all.map(({ taken }) => !covers(taken, momentMs))),
  );
}

/**
 * Returns the length of the longest free block. An alternative is a block of adjacent seats in one row, of the
 * requested tiers.
 */
function longestInRow(free: readonly boolean[], tiers: ReadonlySet<number>): number {
  let [longest, length] = [0, 0];
  for (const [seat, isFree] of free.entries()) {
    if (seat % SEATS_PER_ROW === 0) length = 0;
    length = isFree && tiers.has(tierOf(seat)) ? length + 1 : 0;
    longest = Math.max(longest, length);
  }
  return longest;
}

/**
 * Whether the hold was past its deadline, and was not confirmed or released in time. A process decides by the outages that it
 * knows: another process may record one later that moves the deadline, and then the hold can be confirmed or released again.
 */
function hadRunOut(attempt: Attempt, { expiredAtMs }: Refusal, booking: BookingLife): boolean {
  if (booking.buyerId !== attempt.buyerId || expiredAtMs === undefined) return false;
  if (!isDeadline(booking, expiredAtMs)) return false;
  const ended = changeTo(booking, 'CONFIRMED') ?? changeTo(booking, 'RELEASED');
  const { fromMs, untilMs } = getInterval(attempt);
  const isMoved = (booking.creditMs ?? 0) > 0;
  const mayHaveComeBack = isMoved && ended !== undefined && ended.clockMs >= fromMs;
  return untilMs >= expiredAtMs && (ended === undefined || mayHaveComeBack);
}

/**
 * Whether at some moment the buyer's seats may have exceeded the limit. A release does not lock the buyer, so others
 * count its seats until it commits: until its response, or until its transaction must have ended.
 */
function limitWasReached(
  attempt: Attempt,
  { record }: Timeline,
  bookings: readonly BookingLife[],
  releaseAnswered: ReadonlyMap<string, number>,
): boolean {
  const { request, outcome } = attempt;
  if (request.kind !== 'hold' || outcome.kind !== 'refused' || outcome.limit !== record.seatLimit)
    return false;
  const during = getInterval(attempt);
  const counting = bookings.map((booking) => {
    const released = changeTo(booking, 'RELEASED')?.clockMs;
    const visibleMs =
      released === undefined
        ? Infinity
        : Math.min(
            released + sessionTimeoutsMs.transaction_timeout,
            releaseAnswered.get(booking.id) ?? Infinity,
          );
    const confirmed = changeTo(booking, 'CONFIRMED') !== undefined;
    return {
      seats: booking.seats.length,
      fromMs: booking.statuses[0]?.clockMs ?? -Infinity,
      untilMs: confirmed
        ? Infinity
        : Math.min(visibleMs, booking.holdExpiresAtMs + (booking.creditMs ?? 0) - 1),
    };
  });
  return someMoment(counting, during, (momentMs) => {
    const has = counting.filter((interval) => covers([interval], momentMs));
    return has.reduce((sum, { seats }) => sum + seats, request.quantity) > record.seatLimit;
  });
}
