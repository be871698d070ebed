import { getEventStatus } from '../../catalog/events/event-status.ts';
import type { Event } from '../../generated/prisma/client.ts';
import type { EventStatus } from '../../generated/prisma/enums.ts';
import type { GraphQLContext } from '../schema/context.ts';

type SaleColumns = Pick<
  Event,
  'status' | 'saleEndsAt' | 'holdTtlMs' | 'holdExtensionMs' | 'holdLifetimeMaxMs'
>;

/** Returns the status that an event reads as now. */
export function statusOfEvent(
  { clock, defaultHoldTtlMs }: GraphQLContext,
  { status, saleEndsAt, holdTtlMs, holdExtensionMs, holdLifetimeMaxMs }: SaleColumns,
): EventStatus {
  const hold = { holdTtlMs: holdTtlMs ?? defaultHoldTtlMs, holdExtensionMs, holdLifetimeMaxMs };
  return getEventStatus({ status, saleEndsAtMs: saleEndsAt.getTime(), ...hold }, clock.nowMs());
}
