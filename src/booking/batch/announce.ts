import type { SeatsChanged } from '../../messaging/messages.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { isTracing } from '../../platform/observability/tracing.ts';
import { currentRequest, formatTraceparent } from '../../platform/request-scope.ts';
import { toSeatCode } from '../../seating/map/seat-map.ts';
import type { Publisher } from '../../messaging/publisher.ts';
import type { LiveFeeds } from '../../seating/live/live-feeds.ts';
import type { SeatMapCache } from '../../seating/map/seat-map-cache.ts';
import type { EndedHolds } from '../../traffic/port.ts';
import { getDeadlineMs } from '../../platform/service/outages.ts';
import { holdExpired } from '../business-events.ts';
import type { BookingRecord, Changes } from '../rules/model.ts';
import type { BatchResult, RaisedVersion } from './batch.ts';

export interface AnnounceContext extends PublishContext {
  readonly logger: Logger;
  /** Logs what happens to bookings. */
  readonly eventLogger: Logger;
  /** Learns what becomes of holds; absent if nothing does. */
  readonly endedHolds?: EndedHolds | undefined;
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
  reportExpiredHolds(ctx.eventLogger, result);
  ctx.endedHolds?.note(eventId, findEndedHolds(result.changes));
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
    ...(isTracing() && describeTrace()),
    bookingIds: [
      ...changes.createdBookings.map((booking) => booking.id),
      ...changes.changedBookings.map((booking) => booking.after.id),
    ],
  };
  ctx.feeds?.apply(message);
  await publishChange(ctx, message);
}

function describeTrace(): Pick<SeatsChanged, 'traceparent'> {
  const trace = currentRequest()?.trace;
  return trace?.sampled === true ? { traceparent: formatTraceparent(trace) } : {};
}

function reportExpiredHolds(
  logger: Logger,
  { changes, outages }: Pick<BatchResult, 'changes' | 'outages'>,
): void {
  for (const { before, after } of changes.changedBookings) {
    const { status, endedAtMs } = after;
    if (status !== 'EXPIRED' || endedAtMs === null) continue;
    holdExpired(logger, before, endedAtMs, getDeadlineMs(before, outages, endedAtMs));
  }
}

function findEndedHolds({ changedBookings }: Changes): BookingRecord[] {
  return changedBookings
    .filter(({ before, after }) => before.status === 'HOLD' && after.status !== 'HOLD')
    .map(({ after }) => after);
}

export interface PublishContext {
  readonly publisher: Publisher;
  readonly seatMapCache: Pick<SeatMapCache, 'change' | 'store'>;
  /** The live feeds of this process; null in a worker, which has none. */
  readonly feeds: Pick<LiveFeeds, 'peek' | 'apply'> | null;
}

/**
 * Publishes a committed change and applies it to the event's cached map. Returns whether it was published. Never
 * rejects, even if Redis is unavailable.
 */
export async function publishChange(ctx: PublishContext, message: SeatsChanged): Promise<boolean> {
  const [published] = await Promise.all([
    ctx.publisher.publishSeatsChanged(message),
    updateCachedMap(ctx, message),
  ]);
  return published;
}

/**
 * Processes reach Redis in any order. If the cached map misses an earlier change, it is replaced by the map of this
 * process's own feed, provided that this map is new enough.
 */
async function updateCachedMap(
  { seatMapCache, feeds }: PublishContext,
  message: SeatsChanged,
): Promise<void> {
  if ((await seatMapCache.change(message)) !== 'gap') return;
  const feed = feeds?.peek(message.eventId);
  const map = feed?.peek() ?? null;
  if (feed === undefined || map === null || map.version < message.version) return;
  // The database has lost one of the two histories. The feed will find out which.
  if (map.version === message.version && map.batchId !== message.batchId) return; // guard: foreign-history-not-cached
  await seatMapCache.store(message.eventId, feed.seatCount, map); // guard: outdated-cached-map-replaced
}
