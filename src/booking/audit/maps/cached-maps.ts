import type { PrismaClient } from '../../../platform/database/db.ts';
import type { SeatMapCache } from '../../../seating/map/seat-map-cache.ts';
import { readSeatMaps } from '../../../seating/map/seat-map.sql.ts';
import {
  decodeSeats,
  toSeatStatus,
  type PackedSeatMap,
  type SeatMap,
} from '../../../seating/map/seat-map.ts';
import { readEventIds } from '../event-ids.sql.ts';
import { BREACHES_SHOWN_MAX } from '../find-breaches.sql.ts';
import type { Breach, Finding } from '../invariant.ts';

export type CachedMaps = Pick<SeatMapCache, 'readMany'>;

/** Maximum number of maps in memory, twice each: about 4 MB for the largest halls. */
const MAPS_MAX = 50;

/**
 * I10 for the maps in Redis: a map with the database's version shows the database's seats, and no map has a higher version.
 * Exact on a live system, because the cache is read before the database: a version never means two maps, and the
 * database's version only rises. An older cached map is no breach: no reader that knows a newer version is served from it.
 */
export async function auditCachedMaps(
  db: PrismaClient,
  cachedMaps: CachedMaps | null,
  signal?: AbortSignal,
): Promise<Pick<Finding, 'count' | 'breaches' | 'unchecked'>> {
  if (cachedMaps === null) return { count: null, breaches: [], unchecked: 'no Redis is configured' };
  const breaches: Breach[] = [];
  let count = 0;
  for await (const eventIds of readEventIds(db, MAPS_MAX)) {
    signal?.throwIfAborted();
    let cached: readonly (SeatMap | null)[];
    try {
      cached = await cachedMaps.readMany(eventIds);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { count: null, breaches, unchecked: `Redis is unavailable: ${why}` };
    }
    for (const breach of await compare(db, eventIds, cached)) {
      count++;
      if (breaches.length < BREACHES_SHOWN_MAX) breaches.push(breach);
    }
  }
  return { count, breaches, unchecked: null };
}

async function compare(
  db: PrismaClient,
  eventIds: readonly number[],
  cached: readonly (SeatMap | null)[],
): Promise<readonly Breach[]> {
  const known = new Map(eventIds.flatMap((id, i) => (cached[i] == null ? [] : [[id, cached[i]] as const])));
  if (known.size === 0) return [];
  const maps = await readSeatMaps(db, [...known.keys()]);
  return [...known].flatMap(([eventId, map]) => {
    const truth = maps.get(eventId);
    return truth === undefined ? [] : (findBreach(eventId, map, truth) ?? []);
  });
}

function findBreach(eventId: number, map: SeatMap, truth: PackedSeatMap): Breach | null {
  const { version, states } = map;
  const breach = (seatIndex: number | null, fault: string) => ({
    eventId,
    seatIndex,
    bookingId: null,
    fault,
  });
  if (version > truth.version)
    return breach(null, `the cached map has version ${version}, the event is at ${truth.version}`);
  if (version < truth.version || states === truth.states.encode()) return null;
  const { seatCount } = truth.states;
  if (Buffer.byteLength(states, 'base64') !== Math.ceil(seatCount / 4))
    return breach(null, `the cached map of version ${version} is not one of ${seatCount} seats`);
  const shown = decodeSeats(states, seatCount);
  const wrong = Array.from({ length: seatCount }, (_, seat) => seat).filter(
    (seat) => shown.get(seat) !== truth.states.get(seat),
  );
  const [first] = wrong;
  // Only the padding differs, which clients reject.
  if (first === undefined) return breach(null, `the cached map of version ${version} has bits of no seat`);
  return breach(
    first,
    `the cached map of version ${version} shows ${toSeatStatus(shown.get(first))}, the seat is ` +
      `${toSeatStatus(truth.states.get(first))}; ${wrong.length} seat(s) are wrong in it`,
  );
}
