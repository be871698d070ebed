import type { Booking } from '../../generated/prisma/client.ts';
import { getDeadlineMs } from '../../platform/service/outages.ts';
import type { GraphQLContext } from '../context.ts';

export type HoldRow = Pick<Booking, 'status' | 'createdAt' | 'holdExpiresAt' | 'endedAt'>;

export interface DeadlineContext {
  readonly clock: Pick<GraphQLContext['clock'], 'nowMs'>;
  readonly service: Pick<GraphQLContext['service'], 'recordedOutages' | 'presumedOutages'>;
}

/**
 * Returns the deadline of a booking's hold for its buyer: with the time of outages that is certain to count, because the
 * database has it. An outage that lasts moves it later. A hold that expired before its outage was recorded expired when it
 * ended.
 */
export function getBookingDeadlineMs(
  { status, endedAt, ...hold }: HoldRow,
  { service }: DeadlineContext,
): number {
  const { outages, probedAtMs } = service.recordedOutages;
  const deadlineMs = getDeadlineMs(toTimes(hold), outages, probedAtMs); // guard: outages-shown
  const hasExpired = status === 'EXPIRED' && endedAt !== null;
  return hasExpired ? Math.min(deadlineMs, endedAt.getTime()) : deadlineMs; // guard: expired-not-later
}

/**
 * Returns whether a hold in HOLD has expired. While an outage lasts, it does not, although its buyer may see a deadline that
 * has passed.
 */
export function isOverdue(
  hold: Pick<HoldRow, 'createdAt' | 'holdExpiresAt'>,
  { clock, service }: DeadlineContext,
): boolean {
  const nowMs = clock.nowMs();
  return getDeadlineMs(toTimes(hold), service.presumedOutages, nowMs) <= nowMs; // guard: outages-presumed
}

function toTimes({ createdAt, holdExpiresAt }: Pick<HoldRow, 'createdAt' | 'holdExpiresAt'>) {
  return { createdAtMs: createdAt.getTime(), holdExpiresAtMs: holdExpiresAt.getTime() };
}
