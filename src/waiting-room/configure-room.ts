import type { PrismaClient } from '../platform/database/db.ts';
import { InvalidInputError } from '../platform/errors.ts';
import { writeRevocation, writeRoomSettings, readRooms } from './rooms/rooms.sql.ts';
import type { RedisAway, RoomMode } from './rules/room.ts';
import type { WaitingRooms } from './waiting-rooms.ts';

const PACE_MAX = 60_000;
const INSIDE_MAX = 1_000_000;

/** The settings to change. Null and undefined keep what is set. */
export interface RoomSettingsInput {
  readonly mode: RoomMode | null | undefined;
  readonly pacePerMinute: number | null | undefined;
  readonly insideMax: number | null | undefined;
  readonly paused: boolean | null | undefined;
  readonly draining: boolean | null | undefined;
  readonly redisAway: RedisAway | null | undefined;
  readonly lobbyOpensAt: Date | null | undefined;
}

/** @throws {InvalidInputError} */
export function checkPace(pacePerMinute: number | null | undefined): void {
  checkRange('pacePerMinute', pacePerMinute, PACE_MAX); // guard: room-pace-range
}

/** @throws {InvalidInputError} */
export function checkInsideMax(insideMax: number | null | undefined): void {
  checkRange('insideMax', insideMax, INSIDE_MAX); // guard: room-inside-range
}

function checkRange(field: string, value: number | null | undefined, max: number): void {
  if (value == null || (value >= 1 && value <= max)) return;
  throw new InvalidInputError(field, `${field} must be 1 to ${max}, not ${value}.`);
}

/** Changes the settings of a room. Turning it off admits everyone who waits, even if it is turned on again. */
export async function configureRoom(
  { store }: Pick<WaitingRooms, 'store'>,
  db: PrismaClient,
  eventId: number,
  settings: RoomSettingsInput,
): Promise<void> {
  const change = Object.fromEntries(Object.entries(settings).filter(([, value]) => value != null));
  const admitUpTo = settings.mode === 'OFF' ? await findLastNumber(store, db, eventId) : 0; // guard: off-admits-all
  await writeRoomSettings(db, eventId, { ...change, admitUpTo });
}

/** Without Redis, every join index that was reserved may have been issued. */
async function findLastNumber(
  store: WaitingRooms['store'],
  db: PrismaClient,
  eventId: number,
): Promise<number> {
  const room = (await readRooms(db, [eventId])).get(eventId);
  if (room === undefined) return 0;
  try {
    const { lastJoinIndex } = await store.count(eventId, room.nowServing, 0);
    return lastJoinIndex ?? room.joinIndexesReserved;
  } catch {
    // Redis is unavailable, which its connection logs. Any reserved index may be in use.
    return room.joinIndexesReserved;
  }
}

/** Revokes a buyer's admission. It is in force when this resolves, whether or not Redis frees the slot and tells others. */
export async function revokeAdmission(
  rooms: Pick<WaitingRooms, 'freeSlot' | 'announceRevocation'>,
  db: PrismaClient,
  eventId: number,
  buyerId: string,
): Promise<void> {
  await writeRevocation(db, eventId, buyerId);
  await Promise.all([rooms.freeSlot(eventId, buyerId), rooms.announceRevocation(eventId, buyerId)]);
}
