import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { assertInvariants } from '../../../test/support/booking.ts';
import { assertSold } from '../arena.ts';
import { percentile } from '../closed-loop.ts';
import type { BenchContext } from '../context.ts';
import { readCpuSeconds, readRedisUsage } from '../cpu.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { SERVER } from '../http/http.ts';
import { HttpConnection } from '../http/http-client.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, median } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';
import { StormBuyer } from './buyers.ts';

const WORKER = new URL('./queue-worker.ts', import.meta.url);
const CONNECTIONS = 256;
const BUYERS = 2_000;
/** Three for each buyer, one seat each. */
const HOLDS = 6_000;

type Operation = 'holdSeats' | 'requestHold';

interface Contender {
  readonly label: string;
  readonly operation: Operation;
  /** Whether each buyer watches the request until its outcome arrives. */
  readonly isWatched: boolean;
}

const contenders: readonly Contender[] = [
  { label: 'holdSeats', operation: 'holdSeats', isWatched: false },
  { label: 'requestHold, nobody watches', operation: 'requestHold', isWatched: false },
  { label: 'requestHold and holdRequestUpdates', operation: 'requestHold', isWatched: true },
];
const DIRECT = 0;
/** Interval at which the queue is looked at if nobody watches. */
const LOOK_EVERY_MS = 10;

const documents: Readonly<Record<Operation, string>> = {
  holdSeats: `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) {
    __typename ... on Booking { id status createdAt holdExpiresAt } ... on Error { code message } } }`,
  requestHold: `mutation ($input: HoldSeatsInput!) { requestHold(input: $input) {
    __typename ... on HoldRequest { id status ahead } ... on Error { code message } } }`,
};

interface Processes {
  readonly server: ServerProcess;
  readonly worker: ServerProcess;
  readonly buyers: readonly StormBuyer[];
}

interface Figures {
  /** Decided holds per second, until the last one is decided. */
  readonly perSecond: number;
  readonly answeredP50Ms: number;
  readonly answeredP99Ms: number;
  readonly decidedP50Ms: number;
  readonly decidedP99Ms: number;
  /** CPU microseconds per hold. */
  readonly apiMicros: number;
  readonly workerMicros: number;
  readonly postgresMicros: number;
  readonly redisMicros: number;
}

/** Compares direct and queued holds. Buyers of queued holds learn the outcome through their open sockets. */
export async function runBookingQueue(ctx: BenchContext): Promise<string> {
  const settings = {
    ...ctx.env,
    CONNECTIONS_PER_ADDRESS_MAX: '1000000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
  };
  const server = await ServerProcess.start(SERVER, ['sellout'], settings);
  const worker = await ServerProcess.start(WORKER, [], settings);
  const buyers = await StormBuyer.createMany(ctx.app, server.port, BUYERS);
  const processes = { server, worker, buyers };
  try {
    const runs = contenders.map((): Figures[] => []);
    for (const contender of contenders) await runOne(ctx, processes, contender, BUYERS);
    for (let round = 0; round < ctx.pairs; round++)
      for (const [i, contender] of contenders.entries())
        runs[i]?.push(await runOne(ctx, processes, contender, HOLDS));
    return report(runs);
  } finally {
    for (const buyer of buyers) buyer.close();
    await Promise.all([server.stop(), worker.stop()]);
  }
}

async function runOne(
  ctx: BenchContext,
  processes: Processes,
  contender: Contender,
  holds: number,
): Promise<Figures> {
  const eventId = await ctx.arena.freshEvent();
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(processes.server.port)),
  );
  const before = await readUsage(ctx, processes);
  const storm = await runStorm(ctx, connections, processes.buyers, contender, eventId, holds);
  const after = await readUsage(ctx, processes);
  for (const connection of connections) connection.close();
  await assertSold(ctx.arena.db, eventId, holds);
  await assertInvariants(ctx.arena.db);
  const micros = (name: keyof typeof before) => ((after[name] - before[name]) / holds) * 1e6;
  return {
    ...storm,
    apiMicros: micros('api'),
    workerMicros: micros('worker'),
    postgresMicros: micros('postgres'),
    redisMicros: micros('redis'),
  };
}

/** Sends holds as fast as the connections take them, and waits until all are decided. */
async function runStorm(
  { app }: BenchContext,
  connections: readonly HttpConnection[],
  buyers: readonly StormBuyer[],
  { operation, isWatched }: Contender,
  eventId: number,
  holds: number,
) {
  const nextSeat = distinctSeats();
  const answered = new Float64Array(holds);
  const decided = new Float64Array(holds);
  const outcomes: Promise<void>[] = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < holds) {
        const index = next++;
        const buyer = buyers[index % buyers.length];
        if (buyer === undefined) throw new Error('no buyers');
        const askedAt = performance.now();
        const body = await connection.post(buyer.head, toBody(operation, eventId, nextSeat()));
        answered[index] = performance.now() - askedAt;
        const id = parseId(body);
        const outcome = isWatched ? buyer.watch(id) : Promise.resolve();
        outcomes.push(outcome.then(() => void (decided[index] = performance.now() - askedAt)));
      }
    }),
  );
  await Promise.all(outcomes);
  if (operation === 'requestHold')
    while ((await app.requestQueue.countOpen([eventId])) > 0) await sleep(LOOK_EVERY_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  answered.sort();
  if (operation === 'requestHold' && !isWatched) decided.fill(Number.NaN);
  decided.sort();
  return {
    perSecond: holds / seconds,
    answeredP50Ms: percentile(answered, 0.5),
    answeredP99Ms: percentile(answered, 0.99),
    decidedP50Ms: percentile(decided, 0.5),
    decidedP99Ms: percentile(decided, 0.99),
  };
}

function toBody(operation: Operation, eventId: number, seat: number): string {
  const input = {
    eventId: encodeEventId(eventId),
    seatIds: [encodeSeatId(eventId, seat)],
    idempotencyKey: randomUUID(),
  };
  return JSON.stringify({ query: documents[operation], variables: { input } });
}

function parseId(body: string): string {
  const id = /"__typename":"(?:Booking|HoldRequest)","id":"([^"]+)"/.exec(body)?.[1];
  if (id === undefined) throw new Error(`unexpected response: ${body}`);
  return id;
}

async function readUsage({ app, services }: BenchContext, { server, worker }: Processes) {
  const pid = services.postgres.process.pid;
  if (pid === undefined) throw new Error('PostgreSQL has no pid');
  return {
    api: await server.cpuSeconds(),
    worker: await worker.cpuSeconds(),
    postgres: readCpuSeconds(pid),
    redis: (await readRedisUsage(app.redis)).cpuSeconds,
  };
}

function report(runs: readonly (readonly Figures[])[]): string {
  const of = (i: number, name: keyof Figures) => (runs[i] ?? []).map((run) => run[name]);
  const total = (i: number) =>
    (runs[i] ?? []).map((run) => run.apiMicros + run.workerMicros + run.postgresMicros + run.redisMicros);
  const rows = contenders.map(({ label }, i) => {
    const figure = (name: keyof Figures) => short(median(of(i, name)));
    return [
      label,
      whole(median(of(i, 'perSecond'))),
      ratioAndSpread(divideByRound(of(i, 'perSecond'), of(DIRECT, 'perSecond'))),
      figure('answeredP50Ms'),
      figure('answeredP99Ms'),
      figure('decidedP50Ms'),
      figure('decidedP99Ms'),
      figure('apiMicros'),
      figure('workerMicros'),
      figure('postgresMicros'),
      figure('redisMicros'),
      ratioAndSpread(divideByRound(total(i), total(DIRECT))),
    ];
  });
  const times = ['answered p50 ms', 'p99 ms', 'decided p50 ms', 'p99 ms'];
  const cpu = ['API µs', 'worker µs', 'PostgreSQL µs', 'Redis µs', 'CPU to holdSeats'];
  return table(['6,000 holds', 'decided/s', 'to holdSeats', ...times, ...cpu], rows);
}
