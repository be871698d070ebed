import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { connectRedis, type Redis } from '../../../src/platform/redis/redis.ts';
import { RoomStore } from '../../../src/waiting-room/redis/room-store.ts';
import type { Arena } from '../../bench/arena.ts';
import { readRedisUsage } from '../../bench/cpu.ts';
import { HttpConnection } from '../../bench/http/http-client.ts';
import { ServerProcess } from '../../bench/server-process.ts';
import { openRoom, startTicks } from '../../bench/waiting-room/room.ts';
import { ROOM_CLIENT } from '../../bench/waiting-room/waiters.ts';
import type { RoomUpdates } from '../../bench/waiting-room/room-client.ts';
import type { MeasuredCosts } from '../inputs.ts';
import { anonymousHead, CONNECTIONS, createSession, post, runAll } from './requests.ts';
import type { Meter } from './meter.ts';
import { FAN_OUT_SERVER, readMemory } from './watchers.ts';

/** Joins over HTTP, each of another buyer. */
const JOINS = 2_000;
const PLACES = 100_000;
const PLACES_AT_ONCE = 1_000;
/** Opened first, because the first sockets also compile code and grow the heap. */
const FIRST = 500;
const SOCKETS = 3_000;
/** The server pings each socket once in this time. */
const WAITING_MS = 12_000;

const joinRoom = `mutation ($e: ID!) { joinWaitingRoom(eventId: $e) { __typename
  ... on WaitingRoomPlace { token number ahead estimatedWaitSeconds chance } ... on Error { code message } } }`;

type Env = Readonly<Record<string, string>>;

/** Measures what a waiter costs: to join, to open a socket, and to wait with an update each second. */
export async function measureWaiters(
  meter: Meter,
  env: Env,
  arena: Arena,
  redisUrl: string,
): Promise<Partial<MeasuredCosts>> {
  const logger = createLogger('error');
  const redis = connectRedis(redisUrl, 'capacity', logger);
  const { eventId, saleEndsAtMs } = await openRoom(arena);
  const server = await ServerProcess.start(FAN_OUT_SERVER, ['sellout', String(eventId), '0'], env);
  try {
    const store = new RoomStore(redis);
    const joins = await measureJoins(meter, server, eventId);
    await using _ticks = startTicks({ db: arena.db, store, logger });
    const sockets = await measureSockets(meter, env, server, eventId);
    return { ...joins, ...sockets, placeBytes: await measurePlaces(redis, store, saleEndsAtMs) };
  } finally {
    await server.stop();
    redis.disconnect();
  }
}

async function measureJoins(meter: Meter, server: ServerProcess, eventId: number) {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(server.port)),
  );
  const heads: string[] = [];
  await runAll(connections, JOINS, async (connection, i) => {
    heads[i] = await createSession(connection);
  });
  const variables = { e: encodeEventId(eventId) };
  const join = async (connection: HttpConnection, i: number) => {
    const { body } = await connection.send(post(heads[i] ?? anonymousHead, joinRoom, variables));
    if (!body.includes('WaitingRoomPlace')) throw new Error(`refused: ${body.toString()}`);
  };
  // Compiles the code.
  const warmUp = JOINS / 4;
  await runAll(connections, warmUp, join);
  const rest = JOINS - warmUp;
  const usage = await meter.measure(server, eventId, () =>
    runAll(connections, rest, (connection, i) => join(connection, warmUp + i)),
  );
  for (const connection of connections) connection.close();
  return {
    joinApiMicros: usage.apiMicros / rest,
    joinPostgresMicros: usage.postgresMicros / rest,
    joinRedisMicros: usage.redisMicros / rest,
  };
}

async function measureSockets(meter: Meter, env: Env, server: ServerProcess, eventId: number) {
  const clients: ServerProcess[] = [];
  const open = async (sockets: number) => {
    const args = [String(server.port), String(sockets), encodeEventId(eventId)];
    clients.push(await ServerProcess.start(ROOM_CLIENT, args, env));
  };
  try {
    await open(FIRST);
    const before = await readMemory(server);
    const opening = await meter.measure(server, eventId, () => open(SOCKETS));
    const after = await readMemory(server);
    const waiting = await meter.measure(server, eventId, () => sleep(WAITING_MS));
    const updates = await clients[0]?.ask<RoomUpdates>('take');
    if (updates === undefined || updates.fewest === 0) throw new Error('a socket received no update');
    return {
      waiterConnectMicros: opening.apiMicros / SOCKETS,
      waiterBytes: (after.rss - before.rss) / SOCKETS,
      waiterMicros: waiting.apiMicros / waiting.seconds / (FIRST + SOCKETS),
      // A server's frame has a header of two bytes, or four from 126 bytes on.
      updateBytes: updates.bytes + (updates.bytes < 126 ? 2 : 4),
    };
  } finally {
    for (const client of clients) await client.stop();
  }
}

/** Returns the bytes of Redis memory of a place. */
async function measurePlaces(redis: Redis, store: RoomStore, saleEndsAtMs: number): Promise<number> {
  // No event: only Redis looks at it.
  const eventId = 0;
  const common = { recovered: null, admitsNew: true, saleEndsAtMs };
  const asked = await store.takePlace(eventId, { ...common, buyerId: randomUUID(), reserved: null });
  if (asked.kind !== 'reserve') throw new Error(`the room is not new: ${asked.kind}`);
  const reserved = { from: 0, to: PLACES, history: asked.history };
  const before = await readRedisUsage(redis);
  for (let taken = 0; taken < PLACES; taken += PLACES_AT_ONCE) {
    const places = Array.from({ length: PLACES_AT_ONCE }, () =>
      store.takePlace(eventId, { ...common, buyerId: randomUUID(), reserved }),
    );
    await Promise.all(places);
  }
  return ((await readRedisUsage(redis)).bytes - before.bytes) / PLACES;
}
