import { SelloutError } from '../platform/errors.ts';
import { encodeBookingId } from '../platform/ids.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { Command } from './rules/commands.ts';
import type { BookingRecord } from './rules/model.ts';

/*
 * One function per business event. It counts the event and writes its log line, so that neither is forgotten. A line names
 * a booking by the ID of its row and by the ID that clients see, and never a buyer, a key or a seat. `logger` is a fast one.
 */

/** A command that has ended. */
interface Ended {
  readonly eventId: number;
  readonly command: Command;
  /** Time since it was submitted. */
  readonly ms: number;
}

const messages: Readonly<Record<Command['kind'], string>> = {
  hold: 'hold created',
  extend: 'hold extended',
  change: 'seats of a hold changed',
  confirm: 'booking confirmed',
  release: 'hold released',
  cancel: 'booking canceled',
  expire: 'hold expired',
  block: 'seats blocked',
  unblock: 'seats unblocked',
};

/** Called after COMMIT, or for a repeated request that changed nothing. */
export function commandSucceeded(logger: Logger, ended: Ended, booking: BookingRecord | null): void {
  const { command } = ended;
  count(ended, 'done');
  if (!logger.isLevelEnabled('info')) return;
  // A retry with the same idempotency key gets the booking of the first request; a settled request gets none.
  const isRepeated = command.kind === 'hold' && booking?.id !== command.bookingId;
  const seats = booking?.seats ?? ('seats' in command ? command.seats : []);
  logger.info(
    { ...describe(ended, booking?.id), seats: seats.length },
    isRepeated ? 'hold repeated' : messages[command.kind],
  );
}

/** Called for a command that the rules refused. Under load these outnumber all others. */
export function commandRefused(logger: Logger, ended: Ended, code: string): void {
  count(ended, code);
  logWithinBudget(logger, 'info', { ...describe(ended), code }, 'command refused');
}

/** Called for a command that was not decided, or whose outcome is unknown. */
export function commandFailed(logger: Logger, ended: Ended, error: unknown): void {
  const code = error instanceof SelloutError ? error.code : 'ERROR';
  count(ended, code);
  logWithinBudget(logger, 'warn', { ...describe(ended), code }, 'command failed');
}

/** Called after COMMIT of the batch that expired the hold: a sweep of the worker, or a command that took its seats. */
export function holdExpired(
  logger: Logger,
  hold: BookingRecord,
  endedAtMs: number,
  deadlineMs: number,
): void {
  const { eventId, id, seats } = hold;
  const delayMs = Math.round(endedAtMs - deadlineMs - hold.takeoverDelayMs);
  metrics.holdsExpired.inc();
  metrics.holdExpirationDelaySeconds.observe(delayMs / 1000);
  if (!logger.isLevelEnabled('info')) return;
  logger.info({ eventId, ...toIds(eventId, id), seats: seats.length, delayMs }, messages.expire);
}

function count({ command: { kind }, ms }: Ended, outcome: string): void {
  metrics.commands.inc({ kind, outcome });
  metrics.commandSeconds.observe({ kind }, ms / 1000);
}

function describe({ eventId, command, ms }: Ended, bookingId?: string) {
  const { kind } = command;
  // A refused hold has no booking.
  const named = 'bookingId' in command && kind !== 'hold' ? command.bookingId : undefined;
  const id = bookingId ?? named;
  return {
    command: kind,
    eventId,
    ...(id === undefined ? {} : toIds(eventId, id)),
    ms: Math.round(ms * 10) / 10,
  };
}

function toIds(eventId: number, bookingId: string) {
  return { bookingId, booking: encodeBookingId(eventId, bookingId) };
}

/** Maximum number of lines about refused and failed commands in a second. Metrics count all of them. */
const LINES_PER_SECOND_MAX = 50;

const budget = { second: 0, lines: 0, omitted: 0 };

function logWithinBudget(logger: Logger, level: 'info' | 'warn', fields: object, message: string): void {
  if (!logger.isLevelEnabled(level)) return;
  const second = Math.floor(performance.now() / 1000);
  if (second !== budget.second) Object.assign(budget, { second, lines: 0 });
  // guard: refusal-lines-limit
  if (++budget.lines > LINES_PER_SECOND_MAX) {
    budget.omitted++;
    return;
  }
  const { omitted } = budget;
  budget.omitted = 0;
  logger[level](omitted > 0 ? { ...fields, omitted } : fields, message);
}
