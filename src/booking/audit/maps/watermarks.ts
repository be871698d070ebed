import { setTimeout as delay } from 'node:timers/promises';
import type { PrismaClient, Tx } from '../../../platform/database/db.ts';
import type { Watermarks } from '../../../messaging/publisher.ts';
import { BREACHES_SHOWN_MAX } from '../find-breaches.sql.ts';
import type { Breach, Finding } from '../invariant.ts';
import { readQuietEvents, type QuietEvent } from '../history/quiet-events.sql.ts';

const QUIET_MS = 5_000;
/** Time for a worker to publish the changes that a crash left unpublished. */
const RECHECK_AFTER_MS = 3_000;
/** Redis may lose its data. A worker restores the missing watermark of a recently changed event within seconds. */
const MISSING_IS_BREACH_MS = 60_000;

interface Mismatch {
  readonly event: QuietEvent;
  readonly watermark: number | null;
}

/**
 * I11: the watermark of each event that had no change for some seconds is the event's version. A mismatch is checked a
 * second time, against the database as it is then; only a lasting one is a breach.
 */
export async function auditWatermarks(
  db: PrismaClient,
  watermarks: Watermarks | null,
  signal?: AbortSignal,
): Promise<Finding> {
  const finding = { id: 'I11', title: 'everything is published', count: null, breaches: [] } as const;
  if (watermarks === null) return { ...finding, unchecked: 'no Redis is configured' };
  try {
    const suspects = await findMismatches(db, watermarks, null);
    if (suspects.length === 0) return { ...finding, count: 0, unchecked: null };
    await delay(RECHECK_AFTER_MS, undefined, { signal });
    const suspectIds = suspects.map(({ event }) => event.eventId);
    const mismatches = await findMismatches(db, watermarks, suspectIds);
    return {
      ...finding,
      count: mismatches.length,
      breaches: mismatches.slice(0, BREACHES_SHOWN_MAX).map(toBreach),
      unchecked: null,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...finding, unchecked: `Redis is unavailable: ${why}` };
  }
}

async function findMismatches(
  db: PrismaClient | Tx,
  watermarks: Watermarks,
  among: readonly number[] | null,
): Promise<readonly Mismatch[]> {
  const found: Mismatch[] = [];
  for await (const events of readQuietEvents(db, QUIET_MS, among)) {
    const published = await watermarks.read(events.map(({ eventId }) => eventId));
    for (const [i, event] of events.entries()) {
      const watermark = published[i] ?? null;
      if (watermark === null ? isRecent(event) : watermark !== event.version)
        found.push({ event, watermark });
    }
  }
  return found;
}

function isRecent({ changedMsAgo }: QuietEvent): boolean {
  return changedMsAgo !== null && changedMsAgo < MISSING_IS_BREACH_MS;
}

function toBreach({ event, watermark }: Mismatch): Breach {
  const published = watermark === null ? 'no published version is known' : `published up to ${watermark}`;
  const fault = `the event is at version ${event.version}, ${published}`;
  return { eventId: event.eventId, seatIndex: null, bookingId: null, fault };
}
