import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEventId } from '../../../src/platform/ids.ts';
import type { BenchContext } from '../context.ts';
import type { FanOutKind, FanOutReport } from './fan-out-server.ts';
import { listGoals, ratioAndSpread, short, table } from '../markdown.ts';
import { divideByRound, median } from '../measure.ts';
import { forkProgram, ServerProcess } from '../server-process.ts';

const SERVER = new URL('./fan-out-server.ts', import.meta.url);
const CLIENT = new URL('./fan-out-client.ts', import.meta.url);
const SOCKETS = 10_000;
/** Sockets opened before the measurement, because the first ones also compile code and grow the heap. */
const FIRST_SOCKETS = 1_000;
/** Number of client processes, so that none exceeds the usual limit of open files. */
const CLIENTS = 3;
/** Each server pings each socket once in this time. */
const IDLE_MS = 12_000;

const contenders: readonly { readonly label: string; readonly server: FanOutKind }[] = [
  { label: 'bare ws', server: 'bare' },
  { label: 'stock graphql-ws and PubSub', server: 'stock' },
  { label: 'Sellout', server: 'feed' },
];
const BARE = 0;
const STOCK = 1;
const SELLOUT = 2;
const HEAP_KB_MAX = 12;

interface Figures {
  /** Bytes per socket. */
  readonly rss: number;
  readonly heap: number;
  /** CPU milliseconds per second, for all sockets. */
  readonly cpuMillis: number;
}

/** Measures the cost of 10,000 sockets that watch an event without changes. */
export async function runIdle(ctx: BenchContext): Promise<string> {
  const eventId = await ctx.arena.freshEvent();
  const runs = contenders.map((): Figures[] => []);
  for (let pair = 0; pair < ctx.pairs; pair++)
    for (const [i, { server }] of contenders.entries()) runs[i]?.push(await runOne(ctx, server, eventId));
  return report(runs);
}

async function runOne({ env }: BenchContext, kind: FanOutKind, eventId: number): Promise<Figures> {
  const settings = {
    ...env,
    CONNECTIONS_PER_ADDRESS_MAX: '1000000',
    CLIENT_MEMORY_PER_ADDRESS_BYTES_MAX: '1000000000',
  };
  const server = await ServerProcess.start(SERVER, [kind, String(eventId), '0'], settings);
  const clients: ChildProcess[] = [];
  const open = async (sockets: number): Promise<void> => {
    const args = [String(server.port), String(sockets), encodeEventId(eventId), 'OWN'];
    const client = forkProgram(CLIENT, args, settings);
    clients.push(client);
    const ended = once(client, 'exit').then(() => Promise.reject(new Error('a client exited')));
    ended.catch(() => undefined);
    await Promise.race([once(client, 'message'), ended]);
  };
  try {
    await open(FIRST_SOCKETS);
    const before = await readMemory(server);
    const others = SOCKETS - FIRST_SOCKETS;
    await Promise.all(Array.from({ length: CLIENTS }, () => open(others / CLIENTS)));
    const after = await readMemory(server);
    const cpuBefore = await server.cpuSeconds();
    await sleep(IDLE_MS);
    const cpuSeconds = (await server.cpuSeconds()) - cpuBefore;
    return {
      rss: (after.rss - before.rss) / others,
      heap: (after.heapUsed - before.heapUsed) / others,
      cpuMillis: (cpuSeconds / IDLE_MS) * 1e6,
    };
  } finally {
    for (const client of clients) client.disconnect();
    await server.stop();
  }
}

async function readMemory(server: ServerProcess): Promise<NodeJS.MemoryUsage> {
  return (await server.ask<Required<FanOutReport>>('memory')).memory;
}

function report(runs: readonly (readonly Figures[])[]): string {
  const of = (i: number, name: keyof Figures) => (runs[i] ?? []).map((run) => run[name]);
  const ratio = (i: number, other: number, name: keyof Figures) =>
    ratioAndSpread(divideByRound(of(i, name), of(other, name)));
  const rows = contenders.map(({ label }, i) => [
    label,
    short(median(of(i, 'rss')) / 1024),
    ratio(i, BARE, 'rss'),
    ratio(i, STOCK, 'rss'),
    short(median(of(i, 'heap')) / 1024),
    ratio(i, BARE, 'heap'),
    short(median(of(i, 'cpuMillis'))),
    ratio(i, BARE, 'cpuMillis'),
  ]);
  const header = [
    'idle sockets',
    'RSS KB per socket',
    'to bare',
    'to stock',
    'heap KB per socket',
    'to bare',
    'CPU ms per second, all',
    'to bare',
  ];
  const heapKb = median(of(SELLOUT, 'heap')) / 1024;
  const goal = {
    goal: `at most ${HEAP_KB_MAX} KB of heap per socket`,
    measured: `${short(heapKb)} KB`,
    isMet: heapKb <= HEAP_KB_MAX,
  };
  return `${table(header, rows)}\n\n${listGoals([goal])}`;
}
