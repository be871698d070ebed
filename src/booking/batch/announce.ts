import type { SeatsChanged } from '../../messaging/messages.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { metrics } from '../../platform/observability/metrics.ts';
import { publishChange, type PublishContext } from '../../seating/map/publish-change.ts';
import { toSeatCode } from '../../seating/map/seat-map.ts';
import type { Changes } from '../rules/model.ts';
import type { BatchResult, RaisedVersion } from './batch.ts';

export interface AnnounceContext extends PublishContext {
  readonly logger: Logger;
}

/**
 * Announces a committed batch. Everything that happens after COMMIT happens here, for booking batches and for expiry:
 *
 * 1. This process's live feed of the event applies the change.
 * 2. The publisher sends the message to all other processes, then raises the event's watermark.
 * 3. The event's cached map is updated.
 *
 * Does not wait for Redis, because a hung one would delay every response. Never throws: a committed batch must not look
 * like a failed one, which is retried.
 */
export function announce(ctx: AnnounceContext, eventId: number, { raised, ...result }: BatchResult): void {
  if (raised === null) return;
  countExpiredHolds(result.changes);
  announceChange(ctx, eventId, result, raised).catch((error: unknown) => {
    const { version } = raised;
    // guard: unannounced-commit-succeeds
    ctx.logger.error({ err: error, eventId, version }, 'failed to announce a committed change');
  });
}

async function announceChange(
  ctx: AnnounceContext,
  eventId: number,
  { changes, batchId, clock }: Omit<BatchResult, 'raised' | 'outcomes'>,
  { version, previousBatchId }: RaisedVersion,
): Promise<void> {
  const message: SeatsChanged = {
    eventId,
    fromVersion: version - 1,
    version,
    previousBatchId,
    batchId,
    ...(clock !== null && { committedAtMs: clock.databaseMs + performance.now() - clock.monotonicMs }),
    seats: changes.seats.map(({ after }) => [after.index, toSeatCode(after.status)] as const),
    bookingIds: [
      ...changes.createdBookings.map((booking) => booking.id),
      ...changes.changedBookings.map((booking) => booking.after.id),
    ],
  };
  ctx.feeds?.apply(message);
  await publishChange(ctx, message);
}

function countExpiredHolds({ changedBookings }: Changes): void {
  for (const { before, after } of changedBookings) {
    if (after.status !== 'EXPIRED' || after.endedAtMs === null) continue;
    metrics.holdsExpired.inc();
    metrics.holdExpirationDelaySeconds.observe((after.endedAtMs - before.holdExpiresAtMs) / 1000);
  }
}
