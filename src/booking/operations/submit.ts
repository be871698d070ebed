import { errorOf, OrphanSeatsError } from '../rules/errors.ts';
import type { BestAvailable } from '../../seating/best-available/choose-for-event.ts';
import type { GroupCommit, Submission } from '../batch/group-commit.ts';
import type { BookingRecord } from '../rules/model.ts';

export interface BookingContext {
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
}

/**
 * Sends a command through the event's group commit.
 *
 * @returns the booking that came of it; null for what is about none.
 * @throws {SelloutError} the refusal, BusyError or ReadOnlyError.
 */
export async function submit(
  ctx: BookingContext,
  eventId: number,
  submission: Submission,
): Promise<BookingRecord | null> {
  const outcome = await ctx.groupCommit.submit(eventId, submission);
  if (outcome.kind === 'refused') throw errorOf(eventId, outcome.refusal);
  if (outcome.kind === 'again') throw new Error('a command was completed without a decision');
  return outcome.booking;
}

/** @throws as `submit` does. */
export async function submitForBooking(
  ctx: BookingContext,
  eventId: number,
  submission: Submission,
): Promise<BookingRecord> {
  const booking = await submit(ctx, eventId, submission);
  if (booking === null) throw new Error(`${submission.command.kind} succeeded without a booking`);
  return booking;
}

/**
 * As `submitForBooking`, for seats that the caller chose: where the event's rule on orphans refuses them, the error
 * names choices that it would accept.
 */
export async function submitForChosenSeats(
  ctx: BookingContext,
  eventId: number,
  seats: readonly number[],
  submission: Submission,
): Promise<BookingRecord> {
  try {
    return await submitForBooking(ctx, eventId, submission);
  } catch (error) {
    if (!(error instanceof OrphanSeatsError)) throw error;
    throw new OrphanSeatsError(
      eventId,
      error.seatIndexes,
      await ctx.bestAvailable.alternatives(eventId, seats),
    );
  }
}
