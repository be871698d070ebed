import { hashIdempotencyKey } from '../../platform/idempotency-key.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { toSelloutError, OrphanSeatsError } from '../rules/errors.ts';
import type { BestAvailable } from '../../seating/best-available/best-available.ts';
import type { GroupCommit, Submission } from '../batch/group-commit.ts';
import { commandFailed, commandRefused, commandSucceeded } from '../business-events.ts';
import type { HoldCommand } from '../rules/commands.ts';
import type { BookingRecord, Key, KeyedOperation } from '../rules/model.ts';
import type { Outcome } from '../rules/draft.ts';

export interface BookingContext {
  readonly groupCommit: GroupCommit;
  readonly bestAvailable: BestAvailable;
  /** Logs what happens to bookings. */
  readonly eventLogger: Logger;
}

/** A hold as the group commit takes it. */
export type HoldSubmission = Submission & { readonly command: HoldCommand };

/**
 * Hashes the caller's idempotency key and the input that a retry must repeat.
 *
 * @param input with its parts in a fixed order.
 * @throws {InvalidInputError} for a key that is empty or longer than 255 characters.
 */
export function hashKey(operation: KeyedOperation, key: string, input: unknown): Key {
  return { operation, ...hashIdempotencyKey(key, input) };
}

/**
 * Sends a command through the event's group commit.
 *
 * @returns the resulting booking; null if the command is not about one.
 * @throws {SelloutError} the refusal, BusyError or ReadOnlyError.
 */
export async function submit(
  ctx: BookingContext,
  eventId: number,
  submission: Submission,
): Promise<BookingRecord | null> {
  const outcome = await submitAndReport(ctx, eventId, submission);
  if (outcome.kind === 'refused') throw toSelloutError(eventId, outcome.refusal);
  if (outcome.kind === 'retry') throw new Error('a command was completed without a decision');
  return outcome.booking;
}

/** Sends a command through the event's group commit, and reports its outcome. */
export async function submitAndReport(
  { groupCommit, eventLogger }: Pick<BookingContext, 'groupCommit' | 'eventLogger'>,
  eventId: number,
  submission: Submission,
): Promise<Outcome> {
  const submittedAt = performance.now();
  const end = () => ({ eventId, command: submission.command, ms: performance.now() - submittedAt });
  try {
    const outcome = await groupCommit.submit(eventId, submission);
    if (outcome.kind === 'done') commandSucceeded(eventLogger, end(), outcome.booking);
    else if (outcome.kind === 'refused') commandRefused(eventLogger, end(), outcome.refusal.code);
    return outcome;
  } catch (error) {
    commandFailed(eventLogger, end(), error);
    throw error;
  }
}

/** Like `submit`, for commands about a booking. */
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
 * Like `submitForBooking`, for seats that the caller chose. If the event's orphan rule refuses them, the error lists
 * alternatives.
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
