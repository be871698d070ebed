import { encodeEventId } from '../../../src/platform/ids.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { connectRedis } from '../../../src/platform/redis/redis.ts';
import { RoomStore } from '../../../src/waiting-room/redis/room-store.ts';
import type { Arena } from '../../bench/arena.ts';
import { ServerProcess } from '../../bench/server-process.ts';
import { openRoom, startTicks } from '../../bench/waiting-room/room.ts';
import { ROOM_CLIENT } from '../../bench/waiting-room/waiters.ts';
import type { MeasuredCosts } from '../inputs.ts';
import type { Meter } from './meter.ts';
import { FAN_OUT_SERVER } from './watchers.ts';

/** Opened first, because the first sockets also compile code and grow the heap. */
const FIRST = 500;
const SOCKETS = 3_000;

type Env = Readonly<Record<string, string>>;

/** Measures what it costs to open the socket of a waiter. */
export async function measureWaiters(
  meter: Meter,
  env: Env,
  arena: Arena,
  redisUrl: string,
): Promise<MeasuredCosts> {
  const logger = createLogger('error');
  const redis = connectRedis(redisUrl, 'capacity', logger);
  const { eventId } = await openRoom(arena);
  const server = await ServerProcess.start(FAN_OUT_SERVER, ['sellout', String(eventId), '0'], env);
  const clients: ServerProcess[] = [];
  const open = async (sockets: number) => {
    const args = [String(server.port), String(sockets), encodeEventId(eventId)];
    clients.push(await ServerProcess.start(ROOM_CLIENT, args, env));
  };
  try {
    await using _ticks = startTicks({ db: arena.db, store: new RoomStore(redis), logger });
    await open(FIRST);
    const opening = await meter.measure(server, eventId, () => open(SOCKETS));
    return { waiterConnectMicros: opening.apiMicros / SOCKETS };
  } finally {
    for (const client of clients) await client.stop();
    await server.stop();
    redis.disconnect();
  }
}
