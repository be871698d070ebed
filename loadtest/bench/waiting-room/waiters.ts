import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { runRooms, type RunRoomsContext } from '../../../src/waiting-room/run-rooms.ts';
import inputs from '../../capacity/inputs.json' with { type: 'json' };
import type { BenchContext } from '../context.ts';
import { readRedisUsage, ownCpuSeconds, readCpuSeconds } from '../cpu.ts';
import type { FanOutReport } from '../fan-out/fan-out-server.ts';
import { medianAndSpread, short, table, whole } from '../markdown.ts';
import { median } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';
import { createJoin, JOINS, joinAll } from './joins.ts';
import type { RoomUpdates } from './room-client.ts';
import { openRoom, startTicks } from './room.ts';

const SERVER = new URL('../fan-out/fan-out-server.ts', import.meta.url);
export const ROOM_CLIENT = new URL('./room-client.ts', import.meta.url);
/** Sockets at which the CPU time is measured. All are on one server process, below the usual limit of open files. */
const STEPS = [1_000, 6_000, 11_000, 16_000] as const;
/** The server pings each socket once in this time. */
const MEASURED_MS = 12_000;
/** One update a second; the first and the last may lie outside the measured time. */
const UPDATES_MIN = MEASURED_MS / 1_000 - 2;
const TICKS = 100;

interface Step {
  readonly sockets: number;
  /** Updates per second to each socket. */
  readonly updates: number;
  /** CPU milliseconds per second of the server. */
  readonly cpuMillis: number;
}

interface Run {
  readonly steps: readonly Step[];
  /** Bytes of a socket, from the first step to the last. */
  readonly rss: number;
  readonly heap: number;
  readonly frameBytes: number;
}

/** Measures what a room costs in which 100,000 people wait: the tick of a worker, and the sockets of an API process. */
export async function runWaiters(ctx: BenchContext): Promise<string> {
  await ctx.app.redis.flushdb();
  const room = await openRoom(ctx.arena);
  await joinAll(JOINS, createJoin(ctx, room));
  const worker = { db: ctx.app.database.reads, store: ctx.app.waitingRooms.store, logger: ctx.app.logger };
  const tick = await measureTicks(ctx, worker);
  await using _ticks = startTicks(worker);
  const runs: Run[] = [];
  for (let pair = 0; pair < ctx.pairs; pair++) runs.push(await runOne(ctx, room.eventId));
  return [tick, ...report(runs)].join('\n\n');
}

async function measureTicks(ctx: BenchContext, worker: RunRoomsContext): Promise<string> {
  const pid = ctx.services.postgres.process.pid ?? 0;
  const read = async () => ({
    node: ownCpuSeconds(),
    postgres: readCpuSeconds(pid),
    redis: (await readRedisUsage(ctx.app.redis)).cpuSeconds,
  });
  // Ends now, so that the ticks that follow call numbers as well.
  const startMs = Date.now() - TICKS * 1_000;
  await runRooms(worker, () => startMs - 1_000);
  const before = await read();
  // As one tick a second: numbers are called.
  for (let i = 0; i < TICKS; i++) await runRooms(worker, () => startMs + i * 1_000);
  const after = await read();
  const millis = (name: keyof typeof before) => short(((after[name] - before[name]) / TICKS) * 1_000);
  return table(
    ['a tick of the worker, 100,000 waiting', 'Node ms', 'PostgreSQL ms', 'Redis ms'],
    [['CPU, mean of 100 ticks', millis('node'), millis('postgres'), millis('redis')]],
  );
}

async function runOne({ env }: BenchContext, eventId: number): Promise<Run> {
  const settings = {
    ...env,
    CONNECTIONS_PER_ADDRESS_MAX: '1000000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
  };
  const server = await ServerProcess.start(SERVER, ['sellout', String(eventId), '0'], settings);
  const clients: ServerProcess[] = [];
  const readMemory = async () => (await server.ask<Required<FanOutReport>>('memory')).memory;
  try {
    const steps: Step[] = [];
    const memories: NodeJS.MemoryUsage[] = [];
    let frameBytes = 0;
    for (const sockets of STEPS) {
      const open = sockets - (steps.at(-1)?.sockets ?? 0);
      const args = [String(server.port), String(open), encodeEventId(eventId)];
      clients.push(await ServerProcess.start(ROOM_CLIENT, args, settings));
      memories.push(await readMemory());
      await takeUpdates(clients);
      const cpuBefore = await server.cpuSeconds();
      await sleep(MEASURED_MS);
      const cpuSeconds = (await server.cpuSeconds()) - cpuBefore;
      const { fewest, total, bytes } = await takeUpdates(clients);
      if (fewest < UPDATES_MIN) throw new Error(`a socket received ${fewest} updates in ${MEASURED_MS} ms`);
      frameBytes = bytes;
      const seconds = MEASURED_MS / 1_000;
      steps.push({
        sockets,
        updates: total / sockets / seconds,
        cpuMillis: (cpuSeconds / seconds) * 1_000,
      });
    }
    const [first, last] = [memories[0], memories.at(-1)];
    const each = (name: 'rss' | 'heapUsed') =>
      ((last?.[name] ?? NaN) - (first?.[name] ?? NaN)) / (STEPS[3] - STEPS[0]);
    return { steps, rss: each('rss'), heap: each('heapUsed'), frameBytes };
  } finally {
    for (const client of clients) await client.stop();
    await server.stop();
  }
}

async function takeUpdates(clients: readonly ServerProcess[]): Promise<RoomUpdates> {
  const all = await Promise.all(clients.map((client) => client.ask<RoomUpdates>('take')));
  return {
    fewest: Math.min(...all.map(({ fewest }) => fewest)),
    total: all.reduce((sum, { total }) => sum + total, 0),
    bytes: all[0]?.bytes ?? NaN,
  };
}

function report(runs: readonly Run[]): string[] {
  const rows = STEPS.map((sockets, i) => {
    const steps = runs.flatMap((run) => run.steps[i] ?? []);
    const millis = steps.map(({ cpuMillis }) => cpuMillis);
    return [
      whole(sockets),
      short(median(steps.map(({ updates }) => updates))),
      medianAndSpread(millis),
      short((median(millis) / sockets) * 1_000),
    ];
  });
  const header = ['sockets of one process', 'updates/s each', 'server CPU ms per second', 'µs each'];
  const lines = runs.map(({ steps }) => fitLine(steps));
  const perSocket = median(lines.map(({ slope }) => slope));
  const base = median(lines.map(({ intercept }) => intercept));
  const processes = Math.ceil(JOINS / inputs.socketsPerProcessMax.value);
  const memory = `A socket takes ${short(median(runs.map(({ rss }) => rss)) / 1024)} KB of resident memory and ${short(median(runs.map(({ heap }) => heap)) / 1024)} KB of heap, measured from the first step to the last after garbage collection. An update has ${whole(median(runs.map(({ frameBytes }) => frameBytes)))} bytes.`;
  const extrapolation = `Extrapolated, not measured: the line through these points has ${short(perSocket * 1_000)} µs per socket and second, and ${short(base)} ms per second for the process. 100,000 sockets need ${processes} processes of at most ${whole(inputs.socketsPerProcessMax.value)}, which is ${short((processes * base + JOINS * perSocket) / 1_000)} busy cores.`;
  return [table(header, rows), memory, extrapolation];
}

/** Fits CPU milliseconds to sockets by least squares. */
function fitLine(steps: readonly Step[]): { readonly slope: number; readonly intercept: number } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(steps.map(({ sockets }) => sockets)), mean(steps.map(({ cpuMillis }) => cpuMillis))];
  const covariance = mean(steps.map(({ sockets, cpuMillis }) => (sockets - x) * (cpuMillis - y)));
  const slope = covariance / mean(steps.map(({ sockets }) => (sockets - x) ** 2));
  return { slope, intercept: y - slope * x };
}
