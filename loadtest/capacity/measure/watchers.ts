import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { FanOutReport } from '../../bench/fan-out/fan-out-server.ts';
import { forkProgram, ServerProcess } from '../../bench/server-process.ts';
import type { MeasuredCosts } from '../inputs.ts';
import type { Meter } from './meter.ts';

export const FAN_OUT_SERVER = new URL('../../bench/fan-out/fan-out-server.ts', import.meta.url);
const CLIENT = new URL('../../bench/fan-out/fan-out-client.ts', import.meta.url);
/** Opened first, because the first sockets also compile code and grow the heap. */
const FIRST = 500;
const SOCKETS = 3_000;
const IDLE_MS = 12_000;

type Env = Readonly<Record<string, string>>;

/** Measures what it costs to open a socket, what a process costs PostgreSQL, and the size of messages with 2 and with 50 seats. */
export async function measureWatchers(meter: Meter, env: Env, eventId: number): Promise<MeasuredCosts> {
  const few = await withServer(env, eventId, 2, async (server, open) => {
    await open(FIRST);
    const opening = await meter.measure(server, eventId, () => open(SOCKETS));
    const idle = await meter.measure(server, eventId, () => sleep(IDLE_MS));
    return {
      connectMicros: opening.apiMicros / SOCKETS,
      // Includes PostgreSQL's own background work, so that it is an upper bound.
      pollPostgresMicros: idle.postgresMicros / idle.seconds,
    };
  });
  const measureFrame = (seats: number) =>
    withServer(env, eventId, seats, (server) =>
      readFrameBytes(server.port, eventId, () => server.ask<FanOutReport>('change')),
    );
  return {
    ...few,
    frameBytes2Seats: await measureFrame(2),
    frameBytes50Seats: await measureFrame(50),
  };
}

async function withServer<T>(
  env: Env,
  eventId: number,
  seats: number,
  work: (server: ServerProcess, open: (sockets: number) => Promise<ChildProcess>) => Promise<T>,
): Promise<T> {
  const server = await ServerProcess.start(FAN_OUT_SERVER, ['feed', String(eventId), String(seats)], {
    ...env,
    FEED_TICK_MS: '0',
  });
  const clients: ChildProcess[] = [];
  try {
    return await work(server, async (sockets) => {
      const client = forkProgram(
        CLIENT,
        [String(server.port), String(sockets), encodeEventId(eventId), 'OWN'],
        env,
      );
      clients.push(client);
      await once(client, 'message');
      return client;
    });
  } finally {
    for (const client of clients) client.disconnect();
    await server.stop();
  }
}

export async function readMemory(server: ServerProcess): Promise<NodeJS.MemoryUsage> {
  return (await server.ask<Required<FanOutReport>>('memory')).memory;
}

/** Returns the bytes of the message that a change causes. */
async function readFrameBytes(
  port: number,
  eventId: number,
  change: () => Promise<unknown>,
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  const query = `subscription ($e: ID!) { seatUpdates(eventId: $e) { __typename ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { index status } } } }`;
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const payload = { query, variables: { e: encodeEventId(eventId) } };
  socket.send(JSON.stringify({ id: '01990000-0000-7000-8000-000000000000', type: 'subscribe', payload }));
  await once(socket, 'message');
  const [[data]] = (await Promise.all([once(socket, 'message'), change()])) as [[Buffer], unknown];
  socket.close();
  // A server's frame has a header of two bytes, or four from 126 bytes on.
  return data.length + (data.length < 126 ? 2 : 4);
}
