import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';
import type { SeatsChanged } from '../messaging/messages.ts';
import type { PubSub } from '../messaging/pubsub.ts';
import type { Watermarks } from '../messaging/watermarks.ts';
import { readChanges, readVersions } from '../seating/map/seat-map.sql.ts';
import { readRecentVersions, readVersionsAfter, type EventVersion } from './unpublished.sql.ts';

export interface RepublishContext {
  readonly db: PrismaClient;
  readonly pubsub: PubSub;
  readonly watermarks: Watermarks;
  readonly logger: Logger;
}

/** Until then a change is its maker's to publish. With the task's interval: well within two seconds after a crash. */
const GRACE_MS = 1_000;
/** What lies further back is found by the look at all events. */
const RECENT_MS = 120_000;
/** Of a longer gap only the newest change is published: whoever follows sees that it missed some, and reads them. */
const GAP_MAX = 100;
const PAGE_MAX = 1_000;

interface Republished {
  readonly changes: number;
  /** Redis took no more: the rest would fail too, each after seconds, and the next run finds it again. */
  readonly failed: boolean;
}

/**
 * Publishes what was committed and not published, because the process that committed it ended in between, or Redis was
 * away or has lost everything: found by the event's watermark. Any number of workers may do it at once, for publishing
 * twice is harmless and watermarks only rise.
 *
 * @returns how many changes were published. None while Redis is away, which is logged elsewhere.
 */
export async function republishRecent(ctx: RepublishContext): Promise<number> {
  if (!ctx.watermarks.reachable) return 0;
  const { changes } = await republishBehind(ctx, await readRecentVersions(ctx.db, RECENT_MS, GRACE_MS));
  return changes;
}

/** As republishRecent, of all events, however long they have been quiet: for after an outage that was longer. */
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
  const watermarks = await ctx.watermarks.read(events.map(({ eventId }) => eventId));
  await lowerWatermarks(
    ctx,
    events.flatMap(({ eventId, version }, i) => {
      const watermark = watermarks[i] ?? null;
      return watermark === null || watermark <= version ? [] : [{ eventId, version: watermark }];
    }),
  );
  let published = 0;
  for (const [i, event] of events.entries()) {
    const watermark = watermarks[i] ?? null;
    if (watermark !== null && watermark >= event.version) continue;
    const { changes, failed } = await republish(ctx, event, watermark);
    published += changes;
    if (failed) return { changes: published, failed }; // guard: republish-stops-on-failure
  }
  return { changes: published, failed: false };
}

/**
 * Lowers watermarks that are ahead of the database, which has lost commits then: else what follows would not be
 * republished until versions have passed them. Mostly a watermark is only newer than the version that was read before
 * it; a version that is read after it is never behind.
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
  // One after a gap in the record says that it continues what it does not: a map would skip what lies between unseen.
  // guard: republish-single-versions
  const changes = recorded.filter((change) => change.version === change.fromVersion + 1);
  const published = await publishInOrder(ctx, changes);
  // The record no longer reaches back so far: there is nothing to publish, and who waits for it polls.
  if (changes.length === 0) await ctx.watermarks.raise(eventId, version);
  metrics.republished.inc(published);
  if (watermark !== null && published > 0)
    ctx.logger.info({ eventId, version, watermark, changes: published }, 'republished');
  return { changes: published, failed: published < changes.length };
}

/** Each raises the watermark; one after a failed one would raise it past that. Returns how many were published. */
async function publishInOrder(ctx: RepublishContext, changes: readonly SeatsChanged[]): Promise<number> {
  // guard: unpublished-not-counted
  for (const [i, change] of changes.entries()) if (!(await ctx.pubsub.publishSeatsChanged(change))) return i;
  return changes.length;
}
