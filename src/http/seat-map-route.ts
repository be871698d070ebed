import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { eventIdOf, parseEventId } from '../platform/ids.ts';
import { layoutPathOf, type EventLayouts } from '../seating/event-layouts.ts';
import type { PublicVersions } from '../seating/public-versions.ts';
import type { SeatMap } from '../seating/seat-map-cache.ts';
import type { SeatMaps } from '../seating/seat-maps.ts';
import { sendNotFound, sendStored, type StoredBody } from './answers.ts';
import type { Exchange } from './exchange.ts';
import type { Handler } from './routes.ts';

export interface SeatMapRouteContext {
  readonly publicVersions: PublicVersions;
  readonly seatMaps: SeatMaps;
  readonly eventLayouts: EventLayouts;
}

const SEAT_MAP_PATH = /^\/events\/([\w%=-]{1,60})\/seat-map$/;
const CACHE_CONTROL = 'public, max-age=1, stale-while-revalidate=4';
/** What fits into one packet anyway is sent as it is. */
const COMPRESSED_FROM_BYTES = 1_400;
/** Some 70 KB each for the largest halls. */
const BODIES_KEPT_MAX = 200;

/** How much of the layout's hash stands in the tag of a map, which says where the layout is. */
const HASH_IN_TAG = 6;

interface VersionedBody {
  readonly version: number;
  readonly body: StoredBody;
}

/** What a path is answered with, as long as nothing newer is known. */
interface ReadyAnswer extends VersionedBody {
  readonly eventId: number;
  readonly until: number;
}

/**
 * `GET /events/<id>/seat-map`: the map for whoever does not follow it live, the same bytes for everybody. It is at most a
 * second older than the database, and makes one small statement a second and event, however many ask. While the database
 * gives no answer it is the map that this process has.
 */
export function seatMapRoute(ctx: SeatMapRouteContext): Handler {
  const bodies = new Map<number, { readonly version: number; readonly made: Promise<VersionedBody> }>();
  const ready = new Map<string, ReadyAnswer>();

  async function bodyOf(eventId: number, publicVersion: number): Promise<VersionedBody | null> {
    const kept = bodies.get(eventId);
    const wanted = Math.max(publicVersion, ctx.seatMaps.liveVersion(eventId) ?? 0);
    if (kept !== undefined && kept.version >= wanted) return kept.made;
    const map = await ctx.seatMaps.get(eventId, wanted);
    if (map === null) return null;
    // While it was read another request may have got further.
    const newer = bodies.get(eventId);
    if (newer !== undefined && newer.version >= map.version) return newer.made;
    const made = makeBody(ctx.eventLayouts, eventId, map);
    bodies.delete(eventId);
    bodies.set(eventId, { version: map.version, made });
    made.catch(() => bodies.delete(eventId));
    const [oldest] = bodies.keys();
    if (bodies.size > BODIES_KEPT_MAX && oldest !== undefined) bodies.delete(oldest);
    return made;
  }

  async function findAnswer(exchange: Exchange): Promise<void> {
    const eventId = eventIdIn(exchange.path);
    if (eventId === null) return sendNotFound(exchange);
    const { version, until } = await ctx.publicVersions.get(eventId);
    const found = version === null ? null : await bodyOf(eventId, version);
    if (found === null) return sendNotFound(exchange);
    if (ready.size >= BODIES_KEPT_MAX) ready.clear();
    ready.set(exchange.path, { eventId, until, ...found });
    sendStored(exchange, found.body);
  }

  // Parsing the id and three promises are a tenth of what a request costs: most are spared them.
  return (exchange) => {
    const known = ready.get(exchange.path);
    if (known === undefined || performance.now() >= known.until) return findAnswer(exchange);
    if (known.version < (ctx.seatMaps.liveVersion(known.eventId) ?? 0)) return findAnswer(exchange);
    return sendStored(exchange, known.body);
  };
}

/** Ids end in `=`, which some clients escape and some leave out in a path. */
function eventIdIn(path: string): number | null {
  const [, text = ''] = SEAT_MAP_PATH.exec(path) ?? [];
  const bare = text.replace(/(?:=|%3d)*$/i, '');
  return parseEventId(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='));
}

async function makeBody(layouts: EventLayouts, eventId: number, map: SeatMap): Promise<VersionedBody> {
  const { version, states } = map;
  const info = await layouts.info(eventId);
  if (info === null) throw new Error(`event ${eventId} is gone`);
  const layoutUrl = layoutPathOf(info);
  const identity = Buffer.from(JSON.stringify({ eventId: eventIdOf(eventId), version, states, layoutUrl }));
  const plain = {
    identity,
    type: 'application/json; charset=utf-8',
    etag: `${version}-${info.layoutHash.slice(0, HASH_IN_TAG)}`,
    cacheControl: CACHE_CONTROL,
  };
  if (identity.length < COMPRESSED_FROM_BYTES) return { version, body: plain };
  // Fast settings: a hall in a rush has ten versions a second, and base64 of noise can be packed to three quarters only.
  const [gzipped, br] = await Promise.all([
    promisify(gzip)(identity, { level: 4 }),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  ]);
  return { version, body: { ...plain, gzip: gzipped, br } };
}
