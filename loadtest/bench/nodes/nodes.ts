import { assertInvariants } from '../../../test/support/booking.ts';
import { assertSold, createArena, type Arena } from '../arena.ts';
import { closedLoop } from '../closed-loop.ts';
import type { BenchContext } from '../context.ts';
import { readCpuSeconds } from '../cpu.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { createHeads, introduceBuyers, parseOutcome, SERVER } from '../http/http.ts';
import { HttpConnection } from '../http/http-client.ts';
import { bodyFor } from '../http/http-operation.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { measure, measureInTurn, median, medians, ratesTo, type Figures } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';

/** Numbers of API processes. */
const NODES = [1, 2, 3] as const;
const NODES_MAX = 3;
const CONNECTIONS = 256;
const EVENTS = 24;
/** Seats of each of the many events. */
const SEATS = 5_000;

interface NodesFigures extends Figures {
  /** CPU microseconds of a hold in all API processes. */
  readonly apiMicros: number;
  readonly redisMicros: number;
  /** Share of a core that the busiest API process used. */
  readonly busiest: number;
  readonly holdsPerBatch: number;
}

interface Contender {
  readonly label: string;
  readonly nodes: number;
  readonly sale: Sale;
  readonly runs: NodesFigures[];
}

/** Events in which the callers hold seats in turn. */
interface Sale {
  readonly label: string;
  readonly arena: Arena;
  readonly events: number;
  readonly seats: number | undefined;
}

/** Compares holds over HTTP at one, two and three API processes, which share one PostgreSQL, one Redis and the machine. */
export async function runNodes(ctx: BenchContext): Promise<string> {
  await using halls = await createArena(ctx.services.postgres.url, SEATS);
  const sales: readonly Sale[] = [
    { label: 'one event', arena: ctx.arena, events: 1, seats: undefined },
    { label: `${EVENTS} events`, arena: halls, events: EVENTS, seats: SEATS },
  ];
  const contenders = sales.flatMap((sale) =>
    NODES.map((nodes): Contender => ({ label: `${sale.label}, ${describe(nodes)}`, nodes, sale, runs: [] })),
  );
  const servers: ServerProcess[] = [];
  try {
    while (servers.length < NODES_MAX) servers.push(await ServerProcess.start(SERVER, ['sellout'], ctx.env));
    const heads = await createHeads(ctx.app);
    await measureInTurn(contenders, ctx, ({ sale, nodes }, seconds) =>
      runOne(ctx, sale, servers.slice(0, nodes), heads, seconds),
    );
  } finally {
    for (const server of servers) await server.stop();
  }
  return report(contenders);
}

function describe(nodes: number): string {
  return nodes === 1 ? '1 process' : `${nodes} processes`;
}

async function runOne(
  { services }: BenchContext,
  { arena, events, seats }: Sale,
  servers: readonly ServerProcess[],
  heads: readonly string[],
  seconds: number,
): Promise<NodesFigures> {
  const eventIds = await arena.freshEvents(events);
  const sources = eventIds.map((eventId) => ({ eventId, next: distinctSeats(seats), held: 0 }));
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, i) =>
      HttpConnection.open(servers[i % servers.length]?.port ?? 0),
    ),
  );
  // Each process verifies the token of each buyer once.
  for (let i = 0; i < servers.length; i++)
    await introduceBuyers(
      connections.filter((_, c) => c % servers.length === i),
      heads,
    );
  const readCpu = () => Promise.all(servers.map((server) => server.cpuSeconds()));
  const [before, redisBefore, startedAt] = [
    await readCpu(),
    readCpuSeconds(services.redisPid),
    performance.now(),
  ];
  let turn = 0;
  const figures = await measure(services, () =>
    closedLoop(CONNECTIONS, seconds, async (caller) => {
      const source = sources[turn % sources.length];
      const head = `${heads[turn++ % heads.length] ?? ''}content-type: application/json\r\n`;
      if (source === undefined) throw new Error('no event');
      const answer = await connections[caller]?.post(head, bodyFor(source.eventId, source.next()));
      // Batches of several processes wait for each other, on a busy machine for too long.
      if (answer?.includes('"__typename":"BusyError"') === true) return 'refused';
      const outcome = parseOutcome(answer ?? '');
      if (outcome === 'held') source.held++;
      return outcome;
    }),
  );
  const elapsed = (performance.now() - startedAt) / 1_000;
  const cpu = (await readCpu()).map((after, i) => after - (before[i] ?? 0));
  const redisCpu = readCpuSeconds(services.redisPid) - redisBefore;
  for (const connection of connections) connection.close();
  for (const { eventId, held } of sources) await assertSold(arena.db, eventId, held);
  await assertInvariants(arena.db);
  const { _sum: versions } = await arena.db.event.aggregate({ _sum: { seatVersion: true } });
  const toMicros = (cpuSeconds: number) => (cpuSeconds / figures.responses) * 1e6;
  return {
    ...figures,
    apiMicros: toMicros(cpu.reduce((sum, each) => sum + each, 0)),
    redisMicros: toMicros(redisCpu),
    busiest: Math.max(...cpu) / elapsed,
    holdsPerBatch: figures.held / (versions.seatVersion ?? Number.NaN),
  };
}

function report(contenders: readonly Contender[]): string {
  const rows = contenders.map(({ label, sale, runs }) => {
    const [alone] = contenders.filter((other) => other.sale === sale);
    const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(runs);
    const of = (name: keyof NodesFigures) => median(runs.map((run) => run[name]));
    return [
      label,
      whole(perSecond),
      ratioAndSpread(ratesTo(runs, alone?.runs ?? [])),
      short(p50Ms),
      short(p99Ms),
      short(of('holdsPerBatch')),
      short(of('apiMicros')),
      short(postgresMicros),
      short(of('redisMicros')),
      `${whole(of('busiest') * 100)}%`,
      `${short((1 - of('held') / of('responses')) * 100)}%`,
    ];
  });
  const header = [
    'holds of distinct seats',
    'holds/s',
    'to 1 process',
    'p50 ms',
    'p99 ms',
    'holds per batch',
    'API µs',
    'PostgreSQL µs',
    'Redis µs',
    'busiest process, of a core',
    'refused as busy',
  ];
  return table(header, rows);
}
