import { setTimeout as sleep } from 'node:timers/promises';
import { readRooms, writeNoLobby, writeRoomSettings } from '../../../src/waiting-room/rooms/rooms.sql.ts';
import type { Room } from '../../../src/waiting-room/rules/room.ts';
import { runRooms, type RunRoomsContext } from '../../../src/waiting-room/run-rooms.ts';
import type { Arena } from '../arena.ts';

/** Opens the waiting room of a new event, without a lobby. */
export async function openRoom(arena: Arena): Promise<Room> {
  const { db } = arena;
  const eventId = await arena.freshEvent();
  await writeRoomSettings(db, eventId, { mode: 'ON' });
  await writeNoLobby(db, eventId);
  const room = (await readRooms(db, [eventId])).get(eventId);
  if (room === undefined) throw new Error(`event ${eventId} has no waiting room`);
  return room;
}

/** Runs a tick a second, as a worker does, until disposed. */
export function startTicks(ctx: RunRoomsContext): AsyncDisposable {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await runRooms(ctx);
      await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}
