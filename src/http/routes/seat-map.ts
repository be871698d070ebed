import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Cache } from '../../platform/cache.ts';
import { encodeEventId, parseEventId } from '../../platform/ids.ts';
import { layoutPath, type EventLayouts } from '../../seating/layout/event-layouts.ts';
import type { PublicVersion, PublicVersions } from '../../seating/map/public-versions.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import type { SeatMap } from '../../seating/map/seat-map.ts';
import type { SeatMaps } from '../../seating/map/seat-maps.ts';
import { sendNotFound, sendStored, type StoredBody } from '../responses.ts';
import type { RequestContext } from '../request-context.ts';
import type { Handler } from '../request-listener.ts';

export interface SeatMapRouteContext {
  readonly publicVersions: PublicVersions;
  readonly seatMaps: SeatMaps;
  readonly eventLayouts: EventLayouts;
}

const SEAT_MAP_PATH = /^\/events\/([\w%=-]{1,60})\/seat-map$/;
const CACHE_CONTROL = 'public, max-age=1, stale-while-revalidate=4';
/** Smaller bodies fit into one packet and are not compressed. */
const COMPRESSED_FROM_BYTES = 1_400;
/** Maximum number of cached bodies, of up to 70 KB each for the largest halls. */
const BODIES_CACHED_MAX = 200;

/** Characters of the layout's hash in the entity tag. The body contains the URL of the layout. */
const HASH_CHARACTERS = 6;
/** Characters of the batch ID in the entity tag. After lost commits, the same version can be a different map. */
const BATCH_ID_CHARACTERS = 8;

interface VersionedBody extends SeatVersion {
  readonly body: StoredBody;
}

interface CachedBody extends SeatVersion {
  /** `performance.now()` after its map was read. */
  readonly readAt: number;
  readonly body: Promise<VersionedBody>;
}

/** The response to a path, until it expires or a newer version is known. */
interface CachedResponse extends VersionedBody {
  readonly eventId: number;
  readonly expiresAt: number;
}

/**
 * Creates the handler of `GET /events/<id>/seat-map`: the map for clients that do not follow it live, with the same bytes for
 * all of them. It is at most one second older than the database, and costs one small statement per second and event,
 * regardless of the number of requests. While the database is unavailable, it is the map that this process has.
 */
export function createSeatMapHandler(ctx: SeatMapRouteContext): Handler {
  const bodies = new Cache<number, CachedBody>({ entriesMax: BODIES_CACHED_MAX });
  const responses = new Cache<string, CachedResponse>({ entriesMax: BODIES_CACHED_MAX });

  async function getBody(
    eventId: number,
    known: SeatVersion,
    { askedAt }: PublicVersion,
  ): Promise<VersionedBody | null> {
    const cached = bodies.get(eventId);
    const live = ctx.seatMaps.liveVersion(eventId);
    const wanted = live !== null && live.version > known.version ? live : known;
    if (cached !== undefined && isFresh(cached, wanted, askedAt)) return cached.body;
    const map = await ctx.seatMaps.get(eventId, wanted);
    if (map === null) return null;
    const readAt = performance.now();
    // Meanwhile another request may have read a newer one.
    const newer = bodies.get(eventId);
    if (newer !== undefined && newer !== cached && newer.version >= map.version) return newer.body;
    const body = createBody(ctx.eventLayouts, eventId, map);
    bodies.set(eventId, { version: map.version, batchId: map.batchId, readAt, body });
    body.catch(() => bodies.delete(eventId));
    return body;
  }

  async function respond(request: RequestContext): Promise<void> {
    const eventId = parsePath(request.path);
    if (eventId === null) return sendNotFound(request);
    const known = await ctx.publicVersions.get(eventId);
    const found = known.seats === null ? null : await getBody(eventId, known.seats, known);
    if (found === null) return sendNotFound(request);
    responses.set(request.path, { eventId, expiresAt: known.expiresAt, ...found });
    sendStored(request, found.body);
  }

  // Parsing the ID and three promises would be a tenth of the cost of a request.
  return (request) => {
    const cached = responses.get(request.path);
    if (cached === undefined || performance.now() >= cached.expiresAt) return respond(request);
    if (cached.version < (ctx.seatMaps.liveVersion(cached.eventId)?.version ?? 0)) return respond(request);
    return sendStored(request, cached.body);
  };
}

/**
 * Returns whether a cached body may be sent to a client that must see `wanted`. A newer body may, unless it was read before
 * the database reported an older version: then the database has lost the commits that the body shows.
 */
function isFresh(cached: CachedBody, wanted: SeatVersion, askedAt: number): boolean {
  if (cached.version === wanted.version) return cached.batchId === wanted.batchId; // guard: seat-map-body-batch
  return cached.version > wanted.version && cached.readAt >= askedAt; // guard: seat-map-body-not-ahead
}

/** Parses the ID in a path. IDs end with `=`, which some clients escape and others omit. */
function parsePath(path: string): number | null {
  const [, text = ''] = SEAT_MAP_PATH.exec(path) ?? [];
  const bare = text.replace(/(?:=|%3d)*$/i, '');
  return parseEventId(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='));
}

async function createBody(layouts: EventLayouts, eventId: number, map: SeatMap): Promise<VersionedBody> {
  const { version, batchId, states } = map;
  const info = await layouts.info(eventId);
  if (info === null) throw new Error(`event ${eventId} no longer exists`);
  const layoutUrl = layoutPath(info);
  const identity = Buffer.from(
    JSON.stringify({ eventId: encodeEventId(eventId), version, states, layoutUrl }),
  );
  const plain = {
    identity,
    type: 'application/json; charset=utf-8',
    // guard: seat-map-tag-layout
    // guard: seat-map-tag-version
    // guard: seat-map-tag-batch
    etag: `${version}-${batchId.slice(0, BATCH_ID_CHARACTERS)}-${info.layoutHash.slice(0, HASH_CHARACTERS)}`,
    cacheControl: CACHE_CONTROL,
  };
  if (identity.length < COMPRESSED_FROM_BYTES) return { version, batchId, body: plain };
  // Fast settings: a busy hall has ten versions a second, and base64 of random data compresses to three quarters at best.
  const [gzipped, br] = await Promise.all([
    promisify(gzip)(identity, { level: 4 }),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  ]);
  return { version, batchId, body: { ...plain, gzip: gzipped, br } };
}
