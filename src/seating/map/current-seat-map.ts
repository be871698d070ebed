import type { PrismaClient } from '../../platform/database/db.ts';
import type { ReplicaReads } from '../../platform/database/replicas/replicas.ts';
import { readSeatMap, readVersions } from './seat-map.sql.ts';
import type { PackedSeatMap } from './seat-map.ts';

export interface MapSource {
  /** The primary. */
  readonly db: PrismaClient;
  readonly replicas?: ReplicaReads;
}

/**
 * Reads the map of an event as of this call or later. The primary says which version that is, and a replica has the seats. A
 * feed that began with an older map would miss the changes that were published before it subscribed. `isHistoryLost`: the
 * primary has the seats too, since a replica could still have the lost history. Returns null if the event does not exist.
 */
export async function readCurrentSeatMap(
  { db, replicas }: MapSource,
  eventId: number,
  isHistoryLost: boolean,
): Promise<PackedSeatMap | null> {
  // guard: lost-history-read-from-primary
  if (isHistoryLost || replicas?.isConfigured !== true) return readSeatMap(db, eventId);
  const known = (await readVersions(db, [eventId])).get(eventId);
  if (known === undefined) return null;
  return replicas.read(
    (from) => readSeatMap(from, eventId),
    (map) =>
      map !== null &&
      (map.version > known.version || (map.version === known.version && map.batchId === known.batchId)), // guard: feed-map-current
  );
}
