import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdSeats } from '../../../src/booking/operations/hold-seats.ts';
import { releaseBooking } from '../../../src/booking/operations/release-booking.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { BenchContext } from '../context.ts';
import { percentile } from '../closed-loop.ts';
import { readCpuSeconds } from '../cpu.ts';
import type { FanOutArrivals } from './fan-out-client.ts';
import type { FanOutKind, FanOutReport } from './fan-out-server.ts';
import { listGoals, ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, median } from '../measure.ts';
import { forkProgram, ServerProcess } from '../server-process.ts';

const SERVER = new URL('./fan-out-server.ts', import.meta.url);
const CLIENT = new URL('./fan-out-client.ts', import.meta.url);
const SOCKETS = 2_000;
/** Seats per change: those of one booking, and those of a tick at the start of a sale. */
const SEATS = [2, 50];
const BOOKING_SEATS_MAX = 6;
const WARM_UP_CHANGES = 10;
/** The default of FEED_TICK_MS. */
const TICK_MS = 100;

interface Contender {
  readonly label: string;
  readonly server: FanOutKind;
  /** Whether another process makes the changes, so that they come through Redis, and the tick is the default one. */
  readonly isRelayed?: true;
  /** Whether changes are at least a tick apart, so that sockets wait for each of them. */
  readonly isPaced?: true;
  /** Operation IDs: the same for all sockets, or one per socket as client libraries choose them. */
  readonly ids: 'SAME' | 'OWN';
}

const allContenders: readonly Contender[] = [
  { label: 'bare ws, one prepared string', server: 'bare', ids: 'SAME' },
  { label: 'stock graphql-ws and PubSub', server: 'stock', ids: 'OWN' },
  { label: 'Sellout', server: 'feed', ids: 'OWN' },
  { label: 'Sellout, each change a booking', server: 'sellout', ids: 'OWN' },
  {
    label: 'Sellout, bookings of another process, default tick',
    server: 'sellout',
    isRelayed: true,
    ids: 'OWN',
  },
  { label: 'bare ws, one prepared string a tick', server: 'bare', isPaced: true, ids: 'SAME' },
];
const BARE = 0;
const STOCK = 1;
const SELLOUT = 2;
const RELAYED = 4;
const PACED = 5;

const BELOW_STOCK_MIN = 5;
const TO_BARE_MAX = 1;
const RELAYED_TO_BARE_MAX = 1.15;

interface Figures {
  readonly framesPerSecond: number;
  readonly microsPerFrame: number;
  readonly postgresMicros: number;
  readonly redisMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Makes changes as fast as possible, each after all sockets have received the previous one. */
export async function runFanOut(ctx: BenchContext): Promise<string> {
  const reports: string[] = [];
  for (const seats of SEATS) reports.push(await runSize(ctx, seats));
  return reports.join('\n\n');
}

async function runSize(ctx: BenchContext, seats: number): Promise<string> {
  const contenders = allContenders.filter(
    ({ server, isPaced }) => seats <= BOOKING_SEATS_MAX || (server !== 'sellout' && isPaced !== true),
  );
  const runs = contenders.map((): Figures[] => []);
  for (let round = 0; round <= ctx.pairs; round++) {
    for (const [i, contender] of contenders.entries()) {
      const figures = await runOne(ctx, contender, seats, round === 0 ? 0.5 : ctx.seconds);
      if (round > 0) runs[i]?.push(figures);
    }
  }
  return report(contenders, runs, seats);
}

async function runOne(
  { app, arena, env, services }: BenchContext,
  { server: kind, isRelayed, isPaced, ids }: Contender,
  seats: number,
  seconds: number,
): Promise<Figures> {
  const eventId = kind === 'sellout' || kind === 'feed' ? await arena.freshEvent() : 1;
  const settings = {
    ...env,
    CONNECTIONS_PER_ADDRESS_MAX: '1000000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
    ...(isRelayed === true ? {} : { FEED_TICK_MS: '0' }),
  };
  const args = [kind, String(eventId), String(seats)];
  const server = await ServerProcess.start(SERVER, args, settings);
  const client = forkProgram(
    CLIENT,
    [String(server.port), String(SOCKETS), encodeEventId(eventId), ids],
    settings,
  );
  const make = isRelayed === true ? makeBookings(app, eventId, seats) : () => changeAt(server);
  const change = () => awaitArrivals(client, make());
  const postgresPid = services.postgres.process.pid ?? Number.NaN;
  const readServices = () => [readCpuSeconds(postgresPid), readCpuSeconds(services.redisPid)] as const;
  try {
    await nextMessage(client);
    for (let i = 0; i < WARM_UP_CHANGES; i++) await change();
    const cpuBefore = await server.cpuSeconds();
    const [postgresBefore, redisBefore] = readServices();
    const startedAt = performance.now();
    const latencies: number[] = [];
    while (performance.now() < startedAt + seconds * 1000) {
      const changeAtMs = performance.now();
      for (const latency of await change()) latencies.push(latency);
      if (isPaced === true) await sleep(TICK_MS - (performance.now() - changeAtMs));
    }
    const elapsed = (performance.now() - startedAt) / 1000;
    const cpu = (await server.cpuSeconds()) - cpuBefore;
    const [postgres, redis] = readServices();
    const toMicros = (cpuSeconds: number) => (cpuSeconds / latencies.length) * 1e6;
    const ascending = Float64Array.from(latencies).sort();
    return {
      framesPerSecond: latencies.length / elapsed,
      microsPerFrame: toMicros(cpu),
      postgresMicros: toMicros(postgres - postgresBefore),
      redisMicros: toMicros(redis - redisBefore),
      p50Ms: percentile(ascending, 0.5),
      p99Ms: percentile(ascending, 0.99),
    };
  } finally {
    if (client.connected) client.disconnect();
    await server.stop();
  }
}

/** Makes a change in the server, and returns when it was committed or handed over. */
async function changeAt(server: ServerProcess): Promise<number> {
  return (await server.ask<Required<FanOutReport>>('change')).changedAt;
}

/** Returns a function that holds or releases the seats in this process, and returns when it was called. */
function makeBookings(app: BenchContext['app'], eventId: number, count: number): () => Promise<number> {
  const buyerId = randomUUID();
  const seats = Array.from({ length: count }, (_, index) => index);
  let bookingId: string | null = null;
  return async () => {
    const at = performance.timeOrigin + performance.now();
    if (bookingId === null) {
      const hold = { buyerId, eventId, seats, idempotencyKey: null, onConflict: 'FAIL' } as const;
      bookingId = (await holdSeats(app, hold)).id;
    } else {
      await releaseBooking(app, { buyerId, eventId, bookingId });
      bookingId = null;
    }
    return at;
  };
}

/** Returns the time until each socket received a change, in ms. */
async function awaitArrivals(client: ChildProcess, made: Promise<number>): Promise<number[]> {
  const [changedAt, { arrivals }] = await Promise.all([
    made,
    nextMessage(client) as Promise<Required<FanOutArrivals>>,
  ]);
  return arrivals.map((at) => at - changedAt);
}

/** Waits for the client's next message. */
async function nextMessage(client: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const ended = once(client, 'exit', { signal: over.signal }).then(() => {
    throw new Error('the client exited');
  });
  try {
    const [message] = await Promise.race([once(client, 'message', { signal: over.signal }), ended]);
    return message;
  } finally {
    over.abort();
  }
}

function report(
  contenders: readonly Contender[],
  runs: readonly (readonly Figures[])[],
  seats: number,
): string {
  const of = (i: number, name: keyof Figures) => (runs[i] ?? []).map((run) => run[name]);
  const cpuRatios = (i: number, other: number) =>
    divideByRound(of(i, 'microsPerFrame'), of(other, 'microsPerFrame'));
  const belowStock = (i: number) => divideByRound(of(STOCK, 'microsPerFrame'), of(i, 'microsPerFrame'));
  const hasPaced = contenders.length > PACED;
  const rows = contenders.map(({ label }, i) => [
    label,
    short(median(of(i, 'microsPerFrame'))),
    ratioAndSpread(belowStock(i)),
    ratioAndSpread(cpuRatios(i, BARE)),
    ...(hasPaced ? [i >= RELAYED ? ratioAndSpread(cpuRatios(i, PACED)) : '–'] : []),
    short(median(of(i, 'postgresMicros'))),
    short(median(of(i, 'redisMicros'))),
    whole(median(of(i, 'framesPerSecond'))),
    short(median(of(i, 'p50Ms'))),
    short(median(of(i, 'p99Ms'))),
  ]);
  const header = [
    'Fan-out',
    'server CPU µs per frame',
    'below stock',
    'to bare',
    ...(hasPaced ? ['to bare a tick'] : []),
    'PostgreSQL µs',
    'Redis µs',
    'frames/s',
    'p50 ms',
    'p99 ms',
  ];
  const goals = listGoals([
    {
      goal: `at least ${BELOW_STOCK_MIN} times less CPU per frame than stock`,
      measured: ratioAndSpread(belowStock(SELLOUT)),
      isMet: median(belowStock(SELLOUT)) >= BELOW_STOCK_MIN,
    },
    {
      goal: `at most ${TO_BARE_MAX} times the CPU of one \`ws.send\` of a prepared string`,
      measured: ratioAndSpread(cpuRatios(SELLOUT, BARE)),
      isMet: median(cpuRatios(SELLOUT, BARE)) <= TO_BARE_MAX,
    },
    ...(hasPaced
      ? [
          {
            goal: `with bookings through Redis and the default tick: at most ${RELAYED_TO_BARE_MAX} times it`,
            measured: ratioAndSpread(cpuRatios(RELAYED, BARE)),
            isMet: median(cpuRatios(RELAYED, BARE)) <= RELAYED_TO_BARE_MAX,
          },
        ]
      : []),
  ]);
  return `### One change of ${seats} seats\n\n${table(header, rows)}\n\n${goals}`;
}
