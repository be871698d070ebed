import { randomUUID } from 'node:crypto';
import type { AppContext } from '../../../src/main/context.ts';
import { assertInvariants } from '../../../test/support/booking.ts';
import { assertSold } from '../arena.ts';
import type { BenchContext } from '../context.ts';
import { closedLoop, type Outcome } from '../closed-loop.ts';
import { readCpuSeconds } from '../cpu.ts';
import { HttpConnection, postHead } from './http-client.ts';
import { bodyFor } from './http-operation.ts';
import { listGoals, ratioAndSpread, short, table, whole, type Goal } from '../markdown.ts';
import { measure, median, medians, ratesTo, type Figures } from '../measure.ts';
import { distinctSeats, sameSeat, type SeatSource } from '../holds/seat-sources.ts';
import { ServerProcess } from '../server-process.ts';

export const SERVER = new URL('./http-server.ts', import.meta.url);
const CONNECTIONS = 256;
/** Buyers take turns. */
const BUYERS = 2_000;

/** Figures of a run with the CPU time of the server process and of Redis. */
export interface HttpFigures extends Figures {
  readonly serverMicros: number;
  readonly redisMicros: number;
}

interface Contender {
  readonly label: string;
  readonly server: 'bare' | 'yoga' | 'idle' | 'batchless' | 'sellout';
  /** Requested seats. Null if the server does not look at them. */
  readonly seats: (() => SeatSource) | null;
}

const contenders: readonly Contender[] = [
  { label: 'bare node:http, the same bytes', server: 'bare', seats: null },
  { label: 'stock Yoga, resolver idle', server: 'yoga', seats: null },
  { label: 'Sellout, resolver idle', server: 'idle', seats: null },
  { label: 'Sellout, batch idle', server: 'batchless', seats: null },
  { label: 'Sellout, holdSeats, distinct seats', server: 'sellout', seats: distinctSeats },
  { label: 'Sellout, holdSeats, all the same seat', server: 'sellout', seats: sameSeat },
];
const BARE = 0;
const YOGA = 1;
const IDLE = 2;
const DISTINCT = 4;
const SAME_SEAT = 5;

export async function runHttp(ctx: BenchContext): Promise<string> {
  const servers = new Map<string, ServerProcess>();
  try {
    for (const { server } of contenders) {
      if (!servers.has(server)) servers.set(server, await ServerProcess.start(SERVER, [server], ctx.env));
    }
    const heads = await createHeads(ctx.app);
    const runs = contenders.map((): HttpFigures[] => []);
    for (let round = 0; round <= ctx.pairs; round++) {
      for (const [i, contender] of contenders.entries()) {
        const server = servers.get(contender.server);
        if (server === undefined) throw new Error(`${contender.server} is not running`);
        const figures = await runOne(ctx, contender, server, heads, round === 0 ? 1 : ctx.seconds);
        if (round > 0) runs[i]?.push(figures);
      }
    }
    return report(runs);
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

export async function runOne(
  { services, arena }: Pick<BenchContext, 'services' | 'arena'>,
  { seats, connections: count = CONNECTIONS }: Pick<Contender, 'seats'> & { readonly connections?: number },
  server: ServerProcess,
  heads: readonly string[],
  seconds: number,
): Promise<HttpFigures> {
  const eventId = seats === null ? 1 : await arena.freshEvent();
  const next = seats?.() ?? sameSeat();
  const connections = await Promise.all(
    Array.from({ length: count }, () => HttpConnection.open(server.port)),
  );
  await introduceBuyers(connections, heads);
  const cpuBefore = await server.cpuSeconds();
  const redisBefore = readCpuSeconds(services.redisPid);
  let turn = 0;
  const figures = await measure(services, () =>
    closedLoop(count, seconds, async (caller) => {
      const head = `${heads[turn++ % heads.length] ?? ''}content-type: application/json\r\n`;
      const answer = await connections[caller]?.post(head, bodyFor(eventId, next()));
      return parseOutcome(answer ?? '');
    }),
  );
  const serverSeconds = (await server.cpuSeconds()) - cpuBefore;
  const redisSeconds = readCpuSeconds(services.redisPid) - redisBefore;
  for (const connection of connections) connection.close();
  if (seats !== null) {
    await assertSold(arena.db, eventId, figures.held);
    await assertInvariants(arena.db);
  }
  const toMicros = (cpuSeconds: number) => (cpuSeconds / figures.responses) * 1e6;
  return { ...figures, serverMicros: toMicros(serverSeconds), redisMicros: toMicros(redisSeconds) };
}

/** Sends one request per buyer, because buyers of a real sale have recently loaded the map. */
export async function introduceBuyers(
  connections: readonly HttpConnection[],
  heads: readonly string[],
): Promise<void> {
  const rest = heads.values();
  const introduce = async (connection: HttpConnection): Promise<void> => {
    for (const head of rest)
      await connection.post(`${head}content-type: application/json\r\n`, '{"query":"{ __typename }"}');
  };
  await Promise.all(connections.map(introduce));
}

export function parseOutcome(body: string): Outcome {
  if (body.includes('"__typename":"Booking"')) return 'held';
  if (body.includes('"code":"SEATS_UNAVAILABLE"')) return 'refused';
  throw new Error(`unexpected response: ${body}`);
}

export async function createHeads({ identity }: Pick<AppContext, 'identity'>): Promise<string[]> {
  const heads: string[] = [];
  while (heads.length < BUYERS) {
    const { token } = await identity.issue({ userId: randomUUID(), role: 'BUYER' });
    heads.push(postHead('/graphql', { authorization: `Bearer ${token}`, accept: 'application/json' }));
  }
  return heads;
}

/** Maximum CPU time of the server for a hold, beyond that of a request whose resolver is idle. */
const EXTRA_MICROS_MAX = 50;

function limitExtraCpu(holds: readonly HttpFigures[], idle: readonly HttpFigures[]): Goal {
  const extra = median(holds.map((run, round) => run.serverMicros - (idle[round]?.serverMicros ?? 0)));
  return {
    goal: `server CPU of a hold of distinct seats above the idle resolver: at most ${EXTRA_MICROS_MAX} µs`,
    measured: `${short(extra)} µs`,
    isMet: extra <= EXTRA_MICROS_MAX,
  };
}

function report(runs: readonly (readonly HttpFigures[])[]): string {
  const of = (index: number) => runs[index] ?? [];
  const rows = contenders.map(({ label }, i) => {
    const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(of(i));
    return [
      label,
      whole(perSecond),
      ...[BARE, YOGA, IDLE].map((other) => ratioAndSpread(ratesTo(of(i), of(other)))),
      short(p50Ms),
      short(p99Ms),
      short(median(of(i).map((run) => run.serverMicros))),
      short(postgresMicros),
    ];
  });
  const header = ['POST /graphql', 'responses/s', 'to bare', 'to Yoga', 'to idle', 'p50 ms', 'p99 ms'];
  const cpu = ['server µs per response', 'PostgreSQL µs per response'];
  const goal = (least: number, what: string, contender: number, other: number): Goal => {
    const ratios = ratesTo(of(contender), of(other));
    return {
      goal: `${what}: at least ${least} times the rate`,
      measured: ratioAndSpread(ratios),
      isMet: median(ratios) >= least,
    };
  };
  const goals = [
    goal(3.3, 'Sellout to stock Yoga, both idle', IDLE, YOGA),
    goal(0.8, 'holds of the same seat to the idle resolver, one winner', SAME_SEAT, IDLE),
    limitExtraCpu(of(DISTINCT), of(IDLE)),
  ];
  return `${table([...header, ...cpu], rows)}\n\n${listGoals(goals)}`;
}
