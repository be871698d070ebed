import { setTimeout as delay } from 'node:timers/promises';
import type { PrismaClient } from '../../../platform/database/db.ts';
import {
  digestStates,
  REPORT_TTL_MS,
  type LiveMap,
  type LiveMapReports,
} from '../../../seating/live/live-map-reports.ts';
import { readSeatMaps } from '../../../seating/map/seat-map.sql.ts';
import type { PackedSeatMap } from '../../../seating/map/seat-map.ts';
import { BREACHES_SHOWN_MAX } from '../find-breaches.sql.ts';
import type { Breach, Finding } from '../invariant.ts';
import { readRecordedVersions, type RecordedVersion } from '../history/recorded-versions.sql.ts';

/** Maximum number of maps in memory: about 2 MB for the largest halls. */
const MAPS_MAX = 50;
/** Time for a node to notice by its next poll, and to report again. */
const RECHECK_AFTER_MS = 8_000;
/** Age after which even the oldest report of a node must include a change. A node polls once a second. */
const BEHIND_MS = REPORT_TTL_MS + 5_000;

/** A map as one node reported it. */
interface Reported extends LiveMap {
  readonly node: string;
  readonly reportNumber: number;
}

interface Suspect {
  readonly reported: Reported;
  readonly fault: string;
}

/**
 * I10 for the maps that nodes show to their subscribers: each is a version of the event, shows the seats of that version,
 * and keeps up. Reports are read before the database, so that concurrent bookings cause no false alarm. A difference is a
 * breach only if a later report of the same node differs too: after lost commits, a node needs a second to notice.
 */
export async function auditLiveMaps(
  db: PrismaClient,
  reports: LiveMapReports | null,
  signal?: AbortSignal,
  recheckAfterMs = RECHECK_AFTER_MS,
): Promise<Pick<Finding, 'count' | 'breaches' | 'unchecked'>> {
  if (reports === null) return { count: null, breaches: [], unchecked: 'no Redis is configured' };
  try {
    const before = await findSuspects(db, reports, signal);
    if (before.size === 0) return { count: 0, breaches: [], unchecked: null };
    await delay(recheckAfterMs, undefined, { signal });
    const after = await findSuspects(db, reports, signal);
    const breaches = [...after].flatMap(([key, { reported, fault }]) => {
      const earlier = before.get(key)?.reported.reportNumber ?? Infinity;
      return reported.reportNumber > earlier ? toBreach(reported, fault) : []; // guard: transient-map-fault
    });
    return { count: breaches.length, breaches: breaches.slice(0, BREACHES_SHOWN_MAX), unchecked: null };
  } catch (error) {
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { count: null, breaches: [], unchecked: `comparison failed: ${why}` };
  }
}

/** Returns the suspects by node and event. */
async function findSuspects(
  db: PrismaClient,
  reports: LiveMapReports,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Suspect>> {
  const reported = (await reports.read()).flatMap(({ node, number, maps }) =>
    maps.map((map): Reported => ({ ...map, node, reportNumber: number })),
  );
  const byEvent = [...Map.groupBy(reported, ({ eventId }) => eventId)];
  const suspects = new Map<string, Suspect>();
  for (let from = 0; from < byEvent.length; from += MAPS_MAX) {
    signal?.throwIfAborted();
    const page = byEvent.slice(from, from + MAPS_MAX);
    for (const suspect of await compare(db, page))
      suspects.set(`${suspect.reported.node} ${suspect.reported.eventId}`, suspect);
  }
  return suspects;
}

async function compare(
  db: PrismaClient,
  page: readonly (readonly [number, readonly Reported[]])[],
): Promise<readonly Suspect[]> {
  const truths = await readSeatMaps(
    db,
    page.map(([eventId]) => eventId),
  );
  const wanted = page.flatMap(([eventId, maps]) => [
    ...maps,
    { eventId, version: truths.get(eventId)?.version ?? 0 },
  ]);
  const recorded = new Map(
    (await readRecordedVersions(db, wanted)).map((row) => [`${row.eventId} ${row.version}`, row]),
  );
  const getRecord = ({ eventId }: Reported, version: number) => recorded.get(`${eventId} ${version}`);
  return page.flatMap(([eventId, maps]) => {
    const truth = truths.get(eventId);
    if (truth === undefined) return [];
    const digest = digestStates(truth.states.encode());
    return maps.flatMap((map) => {
      const records = { own: getRecord(map, map.version), last: getRecord(map, truth.version) };
      const fault = findFault(map, { ...truth, digest }, records);
      return fault === null ? [] : { reported: map, fault };
    });
  });
}

function findFault(
  { version, batchId, digest }: Reported,
  truth: PackedSeatMap & { readonly digest: string },
  records: { readonly own: RecordedVersion | undefined; readonly last: RecordedVersion | undefined },
): string | null {
  if (version > truth.version) return `has version ${version}, the event is at ${truth.version}`;
  if (version === truth.version) {
    if (batchId !== truth.batchId) return `has version ${version} of a history that was lost`; // guard: audit-map-batch
    // guard: audit-map-seats
    return digest === truth.digest ? null : `of version ${version} shows other seats than the database`;
  }
  // No batch made version 0, so there is no record of it.
  // guard: audit-older-map
  if (version > 0 && records.own?.batchId !== batchId)
    return `has version ${version}, which is not on record`;
  const quietMs = records.last?.committedMsAgo ?? Infinity;
  if (quietMs < BEHIND_MS) return null; // guard: audit-stalled-map
  return `has version ${version}, the event has been at ${truth.version} for longer than ${BEHIND_MS / 1000} s`;
}

function toBreach({ eventId, node }: Reported, fault: string): Breach {
  return { eventId, seatIndex: null, bookingId: null, fault: `the live map of node ${node} ${fault}` };
}
