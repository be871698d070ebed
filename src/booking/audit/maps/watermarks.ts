import { setTimeout as delay } from 'node:timers/promises';
import type { PrismaClient, Tx } from '../../../platform/database/db.ts';
import type { Watermarks } from '../../../messaging/watermarks.ts';
import { BREACHES_SHOWN_MAX } from '../find-breaches.sql.ts';
import type { Breach, Finding } from '../invariant.ts';
import { readQuietEvents, type QuietEvent } from '../history/quiet-events.sql.ts';

const QUIET_MS = 5_000;
/** What is wrong only now gets as long to come right as a worker needs to publish what a crash left unpublished. */
const RECHECK_AFTER_MS = 3_000;
/** Redis may lose everything; a missing watermark of an event that changed lately is put back within seconds. */
const MISSING_COUNTS_MS = 60_000;

interface Off {
  readonly event: QuietEvent;
  readonly watermark: number | null;
}

/**
 * I11: the last published version of each event that has been quiet for some seconds is its version. What is found off
 * is looked at twice, the second time in the database as it is then: only what stays off is a breach.
 */
export async function auditWatermarks(
  db: PrismaClient,
  watermarks: Watermarks | null,
  signal?: AbortSignal,
): Promise<Finding> {
  const finding = { id: 'I11', title: 'everything is published', count: null, breaches: [] } as const;
  if (watermarks === null) return { ...finding, unchecked: 'no Redis is configured' };
  try {
    const suspects = await findOff(db, watermarks, null);
    if (suspects.length === 0) return { ...finding, count: 0, unchecked: null };
    await delay(RECHECK_AFTER_MS, undefined, { signal });
    const suspectIds = suspects.map(({ event }) => event.eventId);
    const off = await findOff(db, watermarks, suspectIds);
    return {
      ...finding,
      count: off.length,
      breaches: off.slice(0, BREACHES_SHOWN_MAX).map(breachOf),
      unchecked: null,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...finding, unchecked: `Redis is unavailable: ${why}` };
  }
}

async function findOff(
  db: PrismaClient | Tx,
  watermarks: Watermarks,
  among: readonly number[] | null,
): Promise<readonly Off[]> {
  const off: Off[] = [];
  for await (const events of readQuietEvents(db, QUIET_MS, among)) {
    const published = await watermarks.read(events.map(({ eventId }) => eventId));
    for (const [i, event] of events.entries()) {
      const watermark = published[i] ?? null;
      if (watermark === null ? isRecent(event) : watermark !== event.version) off.push({ event, watermark });
    }
  }
  return off;
}

function isRecent({ changedMsAgo }: QuietEvent): boolean {
  return changedMsAgo !== null && changedMsAgo < MISSING_COUNTS_MS;
}

function breachOf({ event, watermark }: Off): Breach {
  const published =
    watermark === null ? 'nothing is known to have been published' : `published up to ${watermark}`;
  const fault = `the event is at version ${event.version}, ${published}`;
  return { eventId: event.eventId, seatIndex: null, bookingId: null, fault };
}
