import type { EventStatus } from '../../generated/prisma/enums.ts';

export interface HoldTimes {
  readonly holdTtlMs: number;
  readonly holdExtensionMs: number | null;
  readonly holdLifetimeMaxMs: number | null;
}

export interface SaleTimes extends HoldTimes {
  readonly status: EventStatus;
  readonly saleEndsAtMs: number;
}

/** Returns the longest time that a hold of the event can stand, extended or not. */
export function longestHoldMs({ holdTtlMs, holdExtensionMs, holdLifetimeMaxMs }: HoldTimes): number {
  const extended = holdTtlMs + (holdExtensionMs ?? 0); // guard: extended-hold-status
  return Math.max(holdTtlMs, Math.min(extended, holdLifetimeMaxMs ?? extended));
}

/**
 * Returns the status that an event reads as: ENDED once its sale has ended and the last hold that it allowed has run
 * out. Nothing is written for that, so every reader applies this rule; `reads/event-pages.sql.ts` is its SQL.
 */
export function eventStatusAt(event: SaleTimes, nowMs: number): EventStatus {
  const { status, saleEndsAtMs } = event;
  if (status !== 'ON_SALE' && status !== 'PAUSED') return status;
  return nowMs < saleEndsAtMs + longestHoldMs(event) ? status : 'ENDED'; // guard: ended-sale-status
}
