import { randomBytes } from 'node:crypto';
import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { digestLobby, encodeLobby, hashBuyer } from './draw/lobby.ts';
import type { RoomCounts, RoomStore } from './redis/room-store.ts';
import {
  readActiveRooms,
  revealSeed,
  writeDigest,
  writeNoLobby,
  writeSeed,
  writeTick,
  type Tick,
} from './rooms/rooms.sql.ts';
import { decideAdmissions, decideAutomatic, judgePressure } from './rules/admission-control.ts';
import { getRoomState, type Room } from './rules/room.ts';

export interface RunRoomsContext {
  readonly db: PrismaClient;
  readonly store: RoomStore;
  readonly logger: Logger;
}

/**
 * Runs every active room for one tick: opens and draws lobbies, and calls numbers. Any number of workers can do this at
 * once: each write is conditional on the state that it was decided from, so that of two decisions one is discarded.
 *
 * @param clock replaces the database's clock, for tests.
 */
export async function runRooms(ctx: RunRoomsContext, clock?: () => number): Promise<void> {
  const { nowMs, rooms } = await readActiveRooms(ctx.db);
  const now = clock?.() ?? nowMs;
  await Promise.all(
    rooms.map(async (room) => {
      try {
        await runRoom(ctx, room, now);
      } catch (error) {
        ctx.logger.error({ err: error, eventId: room.eventId }, 'failed to run a waiting room');
      }
    }),
  );
}

async function runRoom(ctx: RunRoomsContext, room: Room, nowMs: number): Promise<void> {
  const { eventId } = room;
  // guard: automatic-has-no-lobby
  if (room.mode === 'ON' && nowMs < room.onSaleAtMs) {
    if (nowMs >= room.lobbyOpensAtMs && room.seed === null) await writeSeed(ctx.db, eventId, randomBytes(32));
    await tick(ctx, room, nowMs);
    return;
  }
  if (nowMs >= room.onSaleAtMs && room.lobbySize === null) {
    if (room.seed !== null) return drawLobby(ctx, room);
    await writeNoLobby(ctx.db, eventId);
  }
  if (room.digest !== null && !room.isRevealed) return revealSeed(ctx.db, eventId);
  await tick(ctx, room, nowMs);
}

/** Publishes the digest of the lobby. The seed follows at the next tick. */
async function drawLobby(ctx: RunRoomsContext, room: Room): Promise<void> {
  const { eventId } = room;
  const lobbySize = await ctx.store.closeLobby(room);
  const places = lobbySize === 0 ? [] : await ctx.store.readLobby(eventId, lobbySize);
  const entries = places.map(({ joinIndex, buyerId }) => ({
    joinIndex,
    buyerHash: hashBuyer(eventId, buyerId),
  }));
  const digest = digestLobby(eventId, entries, lobbySize);
  await writeDigest(ctx.db, eventId, { digest, lobbySize, entries: encodeLobby(entries) });
  ctx.logger.info({ eventId, lobbySize, buyers: entries.length }, 'the lobby was drawn');
}

/** Decides how many numbers are called, stores that, and then reserves their slots. */
async function tick(ctx: RunRoomsContext, room: Room, nowMs: number): Promise<void> {
  const counts = await countOrNull(ctx, room, nowMs);
  const health = counts === null ? null : await ctx.store.readHealth(room.eventId, nowMs);
  const control = health === null ? room.control : judgePressure(room.control, health, nowMs);
  const next = decideTick({ ...room, control }, counts, nowMs);
  if (!isWorthWriting(room, next)) return;
  if (!(await writeTick(ctx.db, room, next))) return;
  // Only after COMMIT. If this process ends in between, the numbers are called, and who claims is let in as a late one.
  if (next.nowServing > room.nowServing && counts !== null)
    await ctx.store.reserveSlots(room.eventId, room.nowServing + 1, next.nowServing, nowMs);
}

/** Returns null if Redis is away and the policy is to go on without it. */
async function countOrNull(ctx: RunRoomsContext, room: Room, nowMs: number): Promise<RoomCounts | null> {
  try {
    return await ctx.store.count(room.eventId, room.nowServing, nowMs);
  } catch (error) {
    ctx.logger.debug({ err: error, eventId: room.eventId }, 'failed to count who is in a waiting room');
    return null;
  }
}

/** Returns what a tick stores. Without counts, Redis is away, and nobody is called: nobody could be counted. */
function decideTick(room: Room, counts: RoomCounts | null, nowMs: number): Tick {
  const state = getRoomState(room, nowMs);
  // Nobody has joined, or Redis may have lost data. Then the reserved indexes may all be in use.
  const lastNumber = counts?.lastJoinIndex ?? room.joinIndexesReserved;
  const isCalling = state === 'OPEN' || state === 'DRAINING';
  const inside = counts?.inside ?? room.inside;
  const { admit, control } = decideAdmissions({
    ...room,
    nowMs,
    lastTickMs: room.tickedAtMs,
    paused: !isCalling || counts === null, // guard: nobody-called-without-redis
    inside,
    late: counts?.late ?? 0,
    lastNumber,
  });
  const nowServing = room.nowServing + admit;
  const waiting = Math.max(0, lastNumber - nowServing - (counts?.left ?? 0));
  return {
    nowServing,
    waiting: room.isOn ? waiting : 0,
    inside: inside + admit,
    automaticOn: room.mode === 'AUTOMATIC' && decideAutomatic(room.isOn, control, waiting),
    turnOff: state === 'DRAINING' && waiting === 0 && counts !== null,
    nowMs,
    control,
  };
}

/** A room that is off writes only when its pressure changes. */
function isWorthWriting(room: Room, next: Tick): boolean {
  return (
    room.isOn ||
    next.automaticOn ||
    next.control.pressure !== room.control.pressure ||
    next.control.calmSinceMs !== room.control.calmSinceMs
  );
}
