import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { SeatsChanged } from '../messaging/messages.ts';
import type { Watermarks } from '../messaging/publisher.ts';
import { publishChange, type PublishContext } from '../booking/batch/announce.ts';
import { readChanges, readVersions } from '../seating/map/seat-map.sql.ts';
import { readRecentVersions, readVersionsAfter, type EventVersion } from './unpublished.sql.ts';

export interface RepublishContext extends PublishContext {
  readonly db: PrismaClient;
  readonly watermarks: Watermarks;
  readonly logger: Logger;
}

/** A change younger than this is left to the process that made it. After a crash, it is published within two seconds. */
const GRACE_MS = 1_000;
/** Older changes are found by republishAll. */
const RECENT_MS = 120_000;
/**
 * Maximum number of changes that are republished for one event. Of a longer gap, only the newest change is published:
 * subscribers detect the gap and read the rest.
 */
const GAP_MAX = 100;
const PAGE_MAX = 1_000;

interface Republished {
  readonly changes: number;
  /** Redis failed. The remaining changes would fail too, each after seconds; the next run finds them. */
  readonly failed: boolean;
}

/**
 * Publishes recent changes that were committed but not published: the process ended in between, or Redis was unavailable
 * or lost its data. They are found by the events' watermarks. Any number of workers can do this at once, because
 * publishing twice is harmless and watermarks only rise.
 *
 * @returns the number of published changes; 0 while Redis is unavailable, which its connection logs.
 */
export async function republishRecent(ctx: RepublishContext): Promise<number> {
  if (!ctx.watermarks.reachable) return 0;
  const { changes } = await republishBehind(ctx, await readRecentVersions(ctx.db, RECENT_MS, GRACE_MS));
  return changes;
}

/** Like republishRecent, for all events: after a long outage, the unpublished changes are no longer recent. */
export async function republishAll(ctx: RepublishContext): Promise<number> {
  if (!ctx.watermarks.reachable) return 0;
  let published = 0;
  let after = 0;
  for (;;) {
    const page = await readVersionsAfter(ctx.db, after, PAGE_MAX);
    const { changes, failed } = await republishBehind(
      ctx,
      page.filter(({ version }) => version > 0),
    );
    published += changes;
    const last = page.at(-1);
    if (failed || last === undefined || page.length < PAGE_MAX) return published;
    after = last.eventId;
  }
}

async function republishBehind(ctx: RepublishContext, events: readonly EventVersion[]): Promise<Republished> {
  const watermarks = await ctx.watermarks.readReachable(events.map(({ eventId }) => eventId));
  await lowerWatermarks(
    ctx,
    events.flatMap(({ eventId, version }) => {
      const watermark = watermarks.get(eventId) ?? null;
      return watermark === null || watermark <= version ? [] : [{ eventId, version: watermark }];
    }),
  );
  let published = 0;
  for (const event of events) {
    const watermark = watermarks.get(event.eventId);
    if (watermark === undefined) continue; // guard: unreachable-watermark-skipped
    if (watermark !== null && watermark >= event.version) continue;
    const { changes, failed } = await republish(ctx, event, watermark);
    published += changes;
    if (failed) return { changes: published, failed }; // guard: republish-stops-on-failure
  }
  return { changes: published, failed: false };
}

/**
 * Lowers watermarks that are ahead of the database, which has lost commits. Otherwise new changes would not be
 * republished until versions pass the watermark. Usually a watermark is only newer than the version that was read before
 * it, so the version is read again: it is behind only if commits were lost.
 */
async function lowerWatermarks(ctx: RepublishContext, ahead: readonly EventVersion[]): Promise<void> {
  if (ahead.length === 0) return;
  const versions = await readVersions(
    ctx.db,
    ahead.map(({ eventId }) => eventId),
  );
  for (const { eventId, version: watermark } of ahead) {
    const version = versions.get(eventId)?.version ?? watermark; // guard: watermark-read-before-version
    if (version >= watermark) continue;
    ctx.logger.warn({ eventId, version, watermark }, 'the database has lost commits that were published');
    await ctx.watermarks.lower(eventId, watermark, version); // guard: watermark-lowered
  }
}

async function republish(
  ctx: RepublishContext,
  { eventId, version }: EventVersion,
  watermark: number | null,
): Promise<Republished> {
  const newest = version - 1;
  const from = watermark === null || version - watermark > GAP_MAX ? newest : watermark;
  const recorded = await readChanges(ctx.db, eventId, from, GAP_MAX);
  // After a gap in the record, a change claims to continue a version that it does not. Maps would miss the gap.
  // guard: republish-single-versions
  const changes = recorded.filter((change) => change.version === change.fromVersion + 1);
  const published = await publishInOrder(ctx, changes);
  // The record no longer reaches back that far. There is nothing to publish; subscribers poll.
  if (changes.length === 0) await ctx.watermarks.raise(eventId, version);
  metrics.republished.inc(published);
  if (watermark !== null && published > 0)
    ctx.logger.info({ eventId, version, watermark, changes: published }, 'republished');
  return { changes: published, failed: published < changes.length };
}

/** Publishes until one fails, because the next would raise the watermark past it. Returns the number of published ones. */
async function publishInOrder(ctx: RepublishContext, changes: readonly SeatsChanged[]): Promise<number> {
  // guard: unpublished-not-counted
  for (const [i, change] of changes.entries()) if (!(await publishChange(ctx, change))) return i;
  return changes.length;
}
