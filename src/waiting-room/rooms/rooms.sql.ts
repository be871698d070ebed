import type { BookingMode } from '../../generated/prisma/enums.ts';
import { sql, type PrismaClient } from '../../platform/database/db.ts';
import { initialControl, type Control } from '../rules/admission-control.ts';
import type { Room, RoomMode, RoomSettings, RedisAway } from '../rules/room.ts';

/** The lobby opens this long before the sale, unless the organizer says otherwise. */
const LOBBY_MS = 30 * 60_000;
/** Seats per buyer before anyone has bought. */
const SEATS_PER_BUYER = 2;
/** Latest bookings whose mean size is the estimate. */
const BOOKINGS_SAMPLED = 200;
/** Maximum number of rooms that run at once. The rest wait for their turn, by event ID. */
const ROOMS_MAX = 1_000;

interface Row {
  event_id: number;
  organizer_id: string;
  mode: RoomMode;
  is_on: boolean;
  event_status: Room['eventStatus'];
  on_sale_at_ms: number;
  sale_ends_at_ms: number;
  lobby_opens_at_ms: number;
  pace_per_minute: number;
  inside_max: number;
  paused: boolean;
  draining: boolean;
  redis_away: RedisAway;
  seed: string | null;
  digest: string | null;
  lobby_size: number | null;
  is_revealed: boolean;
  join_indexes_reserved: number;
  now_serving: number;
  waiting: number;
  inside: number;
  tick: number;
  ticked_at_ms: number | null;
  control: Partial<Control>;
  available: number;
  held: number;
  per_buyer: number | null;
}

const columns = sql`
  e.id AS event_id, e.organizer_id::text, coalesce(w.mode, 'OFF') AS mode,
  coalesce(w.mode = 'ON' OR (w.mode = 'AUTOMATIC' AND w.automatic_on), false) AS is_on, e.status::text AS event_status,
  (extract(epoch FROM e.on_sale_at) * 1000)::float8 AS on_sale_at_ms,
  (extract(epoch FROM e.sale_ends_at) * 1000)::float8 AS sale_ends_at_ms,
  coalesce(extract(epoch FROM w.lobby_opens_at) * 1000, extract(epoch FROM e.on_sale_at) * 1000 - ${LOBBY_MS})::float8 AS lobby_opens_at_ms,
  coalesce(w.pace_per_minute, 600) AS pace_per_minute, coalesce(w.inside_max, 1000) AS inside_max,
  coalesce(w.paused, false) AS paused, coalesce(w.draining, false) AS draining, coalesce(w.redis_away, 'CLOSED') AS redis_away,
  encode(w.seed, 'hex') AS seed, encode(w.digest, 'hex') AS digest, w.lobby_size, w.revealed_at IS NOT NULL AS is_revealed,
  coalesce(w.join_indexes_reserved, 0) AS join_indexes_reserved, coalesce(w.now_serving, 0) AS now_serving,
  coalesce(w.waiting, 0) AS waiting, coalesce(w.inside, 0) AS inside, coalesce(w.tick, 0) AS tick,
  (extract(epoch FROM w.ticked_at) * 1000)::float8 AS ticked_at_ms, coalesce(w.control, '{}') AS control,
  e.seats_total - e.seats_held - e.seats_booked - e.seats_blocked AS available, e.seats_held AS held,
  (SELECT avg(b.seat_count)::float8 FROM (
     SELECT seat_count FROM bookings WHERE event_id = e.id AND w.event_id IS NOT NULL
     ORDER BY id DESC LIMIT ${BOOKINGS_SAMPLED}) b) AS per_buyer`;

/** Reads the rooms of events; those without one are off. */
export async function readRooms(db: PrismaClient, eventIds: readonly number[]): Promise<Map<number, Room>> {
  const rows = await db.$queryRaw<Row[]>(sql`/* readRooms */
    SELECT ${columns} FROM events e LEFT JOIN waiting_rooms w ON w.event_id = e.id
    WHERE e.id = ANY(${eventIds}::int[])`);
  return new Map(rows.map((row) => [row.event_id, parseRoom(row)]));
}

/** Reads every room that is not OFF while its event can still sell, and the database's clock. */
export async function readActiveRooms(
  db: PrismaClient,
): Promise<{ readonly nowMs: number; readonly rooms: Room[] }> {
  const [clock] = await db.$queryRaw<[{ ms: number }]>(
    sql`/* readRoomClock */ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`,
  );
  const rows = await db.$queryRaw<Row[]>(sql`/* readActiveRooms */
    SELECT ${columns} FROM waiting_rooms w JOIN events e ON e.id = w.event_id
    WHERE w.mode <> 'OFF' AND e.status IN ('ON_SALE', 'PAUSED') AND e.sale_ends_at > statement_timestamp()
    ORDER BY e.id LIMIT ${ROOMS_MAX}`);
  return { nowMs: clock.ms, rooms: rows.map(parseRoom) };
}

/**
 * Returns the events, of those given, that are on sale and whose waiting room is on: a batch that ran now would refuse holds
 * without an admission. With how each takes holds.
 */
export async function readAdmittingEvents(
  db: PrismaClient,
  eventIds: readonly number[],
): Promise<Map<number, BookingMode>> {
  const rows = await db.$queryRaw<{ id: number; booking_mode: BookingMode }[]>(sql`/* readAdmittingEvents */
    SELECT e.id, e.booking_mode::text FROM events e JOIN waiting_rooms w ON w.event_id = e.id
    WHERE e.id = ANY(${eventIds}::int[]) AND (w.mode = 'ON' OR (w.mode = 'AUTOMATIC' AND w.automatic_on))
      AND e.status = 'ON_SALE' AND e.on_sale_at <= clock_timestamp() AND clock_timestamp() < e.sale_ends_at`); // guard: early-refusal-on-sale
  return new Map(rows.map((row) => [row.id, row.booking_mode]));
}

function parseRoom(row: Row): Room {
  return {
    eventId: row.event_id,
    organizerId: row.organizer_id,
    mode: row.mode,
    isOn: row.is_on,
    eventStatus: row.event_status,
    onSaleAtMs: row.on_sale_at_ms,
    saleEndsAtMs: row.sale_ends_at_ms,
    lobbyOpensAtMs: row.lobby_opens_at_ms,
    pacePerMinute: row.pace_per_minute,
    insideMax: row.inside_max,
    paused: row.paused,
    draining: row.draining,
    redisAway: row.redis_away,
    seed: row.seed === null ? null : Buffer.from(row.seed, 'hex'),
    digest: row.digest === null ? null : Buffer.from(row.digest, 'hex'),
    lobbySize: row.lobby_size,
    isRevealed: row.is_revealed,
    joinIndexesReserved: row.join_indexes_reserved,
    nowServing: row.now_serving,
    waiting: row.waiting,
    inside: row.inside,
    tick: row.tick,
    tickedAtMs: row.ticked_at_ms,
    control: { ...initialControl, ...row.control },
    seats: { available: row.available, held: row.held, perBuyer: row.per_buyer ?? SEATS_PER_BUYER },
  };
}

export interface RoomChange extends Partial<RoomSettings> {
  readonly lobbyOpensAt?: Date;
  /** Admits everyone up to this number. */
  readonly admitUpTo?: number;
}

/** Creates or changes the room of an event. Absent settings stay as they are. */
export async function writeRoomSettings(
  db: PrismaClient,
  eventId: number,
  change: RoomChange,
): Promise<void> {
  await db.$executeRaw(sql`/* writeRoomSettings */
    INSERT INTO waiting_rooms AS w (event_id, mode, pace_per_minute, inside_max, paused, draining, redis_away, lobby_opens_at)
    VALUES (${eventId}, coalesce(${change.mode ?? null}::waiting_room_mode, 'OFF'), coalesce(${change.pacePerMinute ?? null}::int, 600),
            coalesce(${change.insideMax ?? null}::int, 1000), coalesce(${change.paused ?? null}::boolean, false),
            coalesce(${change.draining ?? null}::boolean, false),
            coalesce(${change.redisAway ?? null}::redis_away_policy, 'CLOSED'), ${change.lobbyOpensAt ?? null}::timestamptz)
    ON CONFLICT (event_id) DO UPDATE SET
      mode = coalesce(${change.mode ?? null}::waiting_room_mode, w.mode),
      pace_per_minute = coalesce(${change.pacePerMinute ?? null}::int, w.pace_per_minute),
      inside_max = coalesce(${change.insideMax ?? null}::int, w.inside_max),
      paused = coalesce(${change.paused ?? null}::boolean, w.paused),
      draining = coalesce(${change.draining ?? null}::boolean, w.draining),
      redis_away = coalesce(${change.redisAway ?? null}::redis_away_policy, w.redis_away),
      lobby_opens_at = coalesce(${change.lobbyOpensAt ?? null}::timestamptz, w.lobby_opens_at),
      now_serving = greatest(w.now_serving, ${change.admitUpTo ?? 0}::int)`);
}

/**
 * Reserves join indexes up to `above + size`, and returns the highest reserved one. Callers that race for the same block
 * get the same answer, so that no index is skipped.
 */
export async function reserveJoinIndexes(db: PrismaClient, eventId: number, above: number, size: number) {
  const [row] = await db.$queryRaw<{ reserved: number }[]>(sql`/* reserveJoinIndexes */
    UPDATE waiting_rooms SET join_indexes_reserved = greatest(join_indexes_reserved, ${above}::int + ${size}::int)
    WHERE event_id = ${eventId} RETURNING join_indexes_reserved AS reserved`);
  if (row === undefined) throw new Error(`event ${eventId} has no waiting room`);
  return row.reserved;
}

/** Stores the seed of a lobby that opens; keeps one that exists. Does nothing once the sale has begun. */
export async function writeSeed(db: PrismaClient, eventId: number, seed: Buffer): Promise<void> {
  await db.$executeRaw(sql`/* writeSeed */
    UPDATE waiting_rooms w SET seed = decode(${seed.toString('hex')}, 'hex') FROM events e
    WHERE w.event_id = ${eventId} AND e.id = w.event_id AND w.seed IS NULL AND w.lobby_size IS NULL
      AND clock_timestamp() < e.on_sale_at`); // guard: seed-written-once
}

/** Notes that there was no lobby: place numbers are join indexes. */
export async function writeNoLobby(db: PrismaClient, eventId: number): Promise<void> {
  await db.$executeRaw(sql`/* writeNoLobby */
    UPDATE waiting_rooms SET lobby_size = 0 WHERE event_id = ${eventId} AND lobby_size IS NULL AND seed IS NULL`);
}

export interface DrawnLobby {
  readonly digest: Buffer;
  readonly lobbySize: number;
  /** As stored; see `encodeLobby`. */
  readonly entries: Buffer;
}

/** Stores a lobby with its digest, once. */
export async function writeDigest(db: PrismaClient, eventId: number, lobby: DrawnLobby): Promise<void> {
  const { digest, lobbySize, entries } = lobby;
  await db.$executeRaw(sql`/* writeDigest */
    WITH closed AS (
      UPDATE waiting_rooms SET digest = decode(${digest.toString('hex')}, 'hex'), lobby_size = ${lobbySize}
      WHERE event_id = ${eventId} AND lobby_size IS NULL RETURNING event_id)
    INSERT INTO waiting_room_lobbies (event_id, entries) SELECT event_id, ${entries}::bytea FROM closed`);
}

/** Returns the entries of a drawn lobby; null before the draw. */
export async function readLobbyEntries(db: PrismaClient, eventId: number): Promise<Uint8Array | null> {
  const lobby = await db.waitingRoomLobby.findUnique({ where: { eventId } });
  return lobby?.entries ?? null;
}

/** Publishes the seed. Only after the digest: nobody who knows the seed may be able to change the lobby. */
export async function revealSeed(db: PrismaClient, eventId: number): Promise<void> {
  await db.$executeRaw(sql`/* revealSeed */
    UPDATE waiting_rooms SET revealed_at = clock_timestamp()
    WHERE event_id = ${eventId} AND digest IS NOT NULL AND revealed_at IS NULL`); // guard: seed-after-digest
}

export interface Tick {
  readonly nowServing: number;
  readonly waiting: number;
  readonly inside: number;
  readonly automaticOn: boolean;
  /** Ends the room: nobody waits in a draining one any more. */
  readonly turnOff: boolean;
  readonly nowMs: number;
  readonly control: Control;
}

/** Stores a tick. Returns false if another worker has ticked since the room was read. */
export async function writeTick(db: PrismaClient, room: Room, tick: Tick): Promise<boolean> {
  // guard: one-tick-at-a-time
  const written = await db.$executeRaw(sql`/* writeTick */
    UPDATE waiting_rooms SET tick = tick + 1, ticked_at = to_timestamp(${tick.nowMs}::float8 / 1000),
      now_serving = greatest(now_serving, ${tick.nowServing}::int), waiting = ${tick.waiting}, inside = ${tick.inside},
      automatic_on = ${tick.automaticOn}, mode = CASE WHEN ${tick.turnOff}::boolean THEN 'OFF' ELSE mode END,
      control = ${JSON.stringify(tick.control)}::jsonb
    WHERE event_id = ${room.eventId} AND tick = ${room.tick}`);
  return written === 1;
}

/** Revokes a buyer's admission, for good. Waits for a batch that holds seats for the buyer. */
export async function writeRevocation(db: PrismaClient, eventId: number, buyerId: string): Promise<void> {
  await db.$executeRaw(sql`/* writeRevocation */
    INSERT INTO event_buyers (event_id, buyer_id, admission_revoked_at) VALUES (${eventId}, ${buyerId}::uuid, clock_timestamp())
    ON CONFLICT (event_id, buyer_id) DO UPDATE SET admission_revoked_at = coalesce(event_buyers.admission_revoked_at, excluded.admission_revoked_at)`);
}

export async function isRevoked(db: PrismaClient, eventId: number, buyerId: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(sql`/* readRevocation */
    SELECT 1 FROM event_buyers WHERE event_id = ${eventId} AND buyer_id = ${buyerId}::uuid AND admission_revoked_at IS NOT NULL`);
  return rows.length > 0;
}
