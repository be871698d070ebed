import type { EventStatus } from '../../generated/prisma/enums.ts';

interface HoldTimes {
  readonly holdTtlMs: number;
  readonly holdExtensionMs: number | null;
  readonly holdLifetimeMaxMs: number | null;
}

export interface SaleTimes extends HoldTimes {
  readonly status: EventStatus;
  readonly saleEndsAtMs: number;
}

/** Returns the maximum lifetime of a hold of the event, including its extension. */
function getLongestHoldMs({ holdTtlMs, holdExtensionMs, holdLifetimeMaxMs }: HoldTimes): number {
  const extended = holdTtlMs + (holdExtensionMs ?? 0); // guard: extended-hold-status
  return Math.max(holdTtlMs, Math.min(extended, holdLifetimeMaxMs ?? extended));
}

/**
 * Returns the status that readers see: ENDED after the sale has ended and the last possible hold has expired. The
 * stored status does not change then, so every reader applies this rule. `reads/event-pages.sql.ts` has it in SQL.
 */
export function getEventStatus(event: SaleTimes, nowMs: number): EventStatus {
  const { status, saleEndsAtMs } = event;
  if (status !== 'ON_SALE' && status !== 'PAUSED') return status;
  return nowMs < saleEndsAtMs + getLongestHoldMs(event) ? status : 'ENDED'; // guard: ended-sale-status
}
