import type { EventStatus } from '../../generated/prisma/enums.ts';
import { drawNumber } from '../draw/lobby.ts';
import type { Control, FreeSeats } from './admission-control.ts';

export type RoomMode = 'OFF' | 'ON' | 'AUTOMATIC';
export type RedisAway = 'OPEN' | 'CLOSED';

/**
 * - `OFF`: nobody needs an admission.
 * - `LOBBY`: the sale has not begun, or its lobby is being drawn. Places have no numbers yet.
 * - `OPEN`: numbers are called.
 * - `PAUSED`: no numbers are called.
 * - `DRAINING`: numbers are called, but nobody new may join.
 */
export type RoomState = 'OFF' | 'LOBBY' | 'OPEN' | 'PAUSED' | 'DRAINING';

/** What an organizer sets. */
export interface RoomSettings {
  readonly mode: RoomMode;
  readonly pacePerMinute: number;
  readonly insideMax: number;
  readonly paused: boolean;
  readonly draining: boolean;
  readonly redisAway: RedisAway;
}

/** A room as PostgreSQL has it, with what it needs of its event. */
export interface Room extends RoomSettings {
  readonly eventId: number;
  readonly organizerId: string;
  /** True if buyers need an admission: the mode is ON, or AUTOMATIC and under pressure. */
  readonly isOn: boolean;
  readonly eventStatus: EventStatus;
  readonly onSaleAtMs: number;
  readonly saleEndsAtMs: number;
  readonly lobbyOpensAtMs: number;
  readonly seed: Buffer | null;
  readonly digest: Buffer | null;
  readonly lobbySize: number | null;
  readonly isRevealed: boolean;
  readonly joinIndexesReserved: number;
  readonly nowServing: number;
  readonly waiting: number;
  readonly inside: number;
  readonly tick: number;
  readonly tickedAtMs: number | null;
  readonly control: Control;
  readonly seats: FreeSeats;
}

export function getRoomState(room: Room, nowMs: number): RoomState {
  if (!room.isOn) return 'OFF';
  if (nowMs < room.onSaleAtMs) return 'LOBBY';
  // The lobby exists once its seed does. Its numbers exist once the seed is public.
  if (room.seed !== null && !room.isRevealed) return 'LOBBY'; // guard: lobby-until-revealed
  if (room.paused) return 'PAUSED';
  return room.draining ? 'DRAINING' : 'OPEN';
}

/** Returns a place's number; null in the lobby, 0 for a place that was given without one. Those of the lobby were drawn, later arrivals follow in order. */
export function getPlaceNumber(room: Room, joinIndex: number, nowMs: number): number | null {
  const state = getRoomState(room, nowMs);
  if (state === 'OFF') return 0;
  if (state === 'LOBBY') return null;
  if (joinIndex === 0) return 0;
  const { seed, digest, lobbySize } = room;
  if (seed === null || digest === null || lobbySize === null || joinIndex > lobbySize) return joinIndex; // guard: later-arrivals-follow
  return drawNumber({ seed, digest, lobbySize }, joinIndex);
}
