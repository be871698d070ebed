import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Cache } from '../../platform/cache.ts';
import { encodeEventId, parseEventId } from '../../platform/ids.ts';
import { layoutPathOf, type EventLayouts } from '../../seating/layout/event-layouts.ts';
import type { PublicVersion, PublicVersions } from '../../seating/map/public-versions.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import type { SeatMap } from '../../seating/map/seat-map-cache.ts';
import type { SeatMaps } from '../../seating/map/seat-maps.ts';
import { sendNotFound, sendStored, type StoredBody } from '../responses.ts';
import type { Exchange } from '../request-context.ts';
import type { Handler } from '../routes.ts';

export interface SeatMapRouteContext {
  readonly publicVersions: PublicVersions;
  readonly seatMaps: SeatMaps;
  readonly eventLayouts: EventLayouts;
}

const SEAT_MAP_PATH = /^\/events\/([\w%=-]{1,60})\/seat-map$/;
const CACHE_CONTROL = 'public, max-age=1, stale-while-revalidate=4';
/** What fits into one packet anyway is sent as it is. */
const COMPRESSED_FROM_BYTES = 1_400;
/** Maximum number of response bodies that are cached: about 70 KB each for the largest halls. */
const BODIES_MAX = 200;

/** How much of the layout's hash stands in the tag of a map, which says where the layout is. */
const HASH_IN_TAG = 6;
/** How much of the batch id stands there: after lost commits the same version can be another map. */
const BATCH_ID_IN_TAG = 8;

interface VersionedBody extends SeatVersion {
  readonly body: StoredBody;
}

interface KeptBody extends SeatVersion {
  /** From when its map is: `performance.now()` once it had been read. */
  readonly readAt: number;
  readonly made: Promise<VersionedBody>;
}

/** What a path is answered with, as long as nothing newer is known. */
interface ReadyAnswer extends VersionedBody {
  readonly eventId: number;
  readonly expiresAt: number;
}

/**
 * `GET /events/<id>/seat-map`: the map for whoever does not follow it live, the same bytes for everybody. It is at most a
 * second older than the database, and makes one small statement a second and event, however many ask. While the database
 * gives no answer it is the map that this process has.
 */
export function seatMapRoute(ctx: SeatMapRouteContext): Handler {
  const bodies = new Cache<number, KeptBody>({ entriesMax: BODIES_MAX });
  const ready = new Cache<string, ReadyAnswer>({ entriesMax: BODIES_MAX });

  async function bodyOf(
    eventId: number,
    known: SeatVersion,
    { askedAt }: PublicVersion,
  ): Promise<VersionedBody | null> {
    const kept = bodies.get(eventId);
    const live = ctx.seatMaps.liveVersion(eventId);
    const wanted = live !== null && live.version > known.version ? live : known;
    if (kept !== undefined && willDo(kept, wanted, askedAt)) return kept.made;
    const map = await ctx.seatMaps.get(eventId, wanted);
    if (map === null) return null;
    const readAt = performance.now();
    // While it was read another request may have got further.
    const newer = bodies.get(eventId);
    if (newer !== undefined && newer !== kept && newer.version >= map.version) return newer.made;
    const made = makeBody(ctx.eventLayouts, eventId, map);
    bodies.set(eventId, { version: map.version, batchId: map.batchId, readAt, made });
    made.catch(() => bodies.delete(eventId));
    return made;
  }

  async function findAnswer(exchange: Exchange): Promise<void> {
    const eventId = eventIdIn(exchange.path);
    if (eventId === null) return sendNotFound(exchange);
    const known = await ctx.publicVersions.get(eventId);
    const found = known.seats === null ? null : await bodyOf(eventId, known.seats, known);
    if (found === null) return sendNotFound(exchange);
    ready.set(exchange.path, { eventId, expiresAt: known.expiresAt, ...found });
    sendStored(exchange, found.body);
  }

  // Parsing the id and three promises are a tenth of what a request costs: most are spared them.
  return (exchange) => {
    const known = ready.get(exchange.path);
    if (known === undefined || performance.now() >= known.expiresAt) return findAnswer(exchange);
    if (known.version < (ctx.seatMaps.liveVersion(known.eventId)?.version ?? 0)) return findAnswer(exchange);
    return sendStored(exchange, known.body);
  };
}

/**
 * Whether a body can be sent to a caller who must see `wanted`. A newer one can, unless it had been read before the
 * database was asked for its version, which was behind it: then the database has lost what it shows.
 */
function willDo(kept: KeptBody, wanted: SeatVersion, askedAt: number): boolean {
  if (kept.version === wanted.version) return kept.batchId === wanted.batchId; // guard: seat-map-body-batch
  return kept.version > wanted.version && kept.readAt >= askedAt; // guard: seat-map-body-not-ahead
}

/** Ids end in `=`, which some clients escape and some leave out in a path. */
function eventIdIn(path: string): number | null {
  const [, text = ''] = SEAT_MAP_PATH.exec(path) ?? [];
  const bare = text.replace(/(?:=|%3d)*$/i, '');
  return parseEventId(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='));
}

async function makeBody(layouts: EventLayouts, eventId: number, map: SeatMap): Promise<VersionedBody> {
  const { version, batchId, states } = map;
  const info = await layouts.info(eventId);
  if (info === null) throw new Error(`event ${eventId} is gone`);
  const layoutUrl = layoutPathOf(info);
  const identity = Buffer.from(
    JSON.stringify({ eventId: encodeEventId(eventId), version, states, layoutUrl }),
  );
  const plain = {
    identity,
    type: 'application/json; charset=utf-8',
    // guard: seat-map-tag-layout
    // guard: seat-map-tag-version
    // guard: seat-map-tag-batch
    etag: `${version}-${batchId.slice(0, BATCH_ID_IN_TAG)}-${info.layoutHash.slice(0, HASH_IN_TAG)}`,
    cacheControl: CACHE_CONTROL,
  };
  if (identity.length < COMPRESSED_FROM_BYTES) return { version, batchId, body: plain };
  // Fast settings: a hall in a rush has ten versions a second, and base64 of noise can be packed to three quarters only.
  const [gzipped, br] = await Promise.all([
    promisify(gzip)(identity, { level: 4 }),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  ]);
  return { version, batchId, body: { ...plain, gzip: gzipped, br } };
}
