import { readSeatMap } from '../../../src/seating/map/seat-map.sql.ts';
import type { Arena } from '../arena.ts';
import type { BenchContext } from '../context.ts';
import { closedLoop } from '../closed-loop.ts';
import { getRequest, HttpConnection, type HttpResponse } from '../http/http-client.ts';
import { measure } from '../measure.ts';
import {
  seatMapContenders,
  seatMapNames,
  type SeatMapContender,
  type SeatMapFigures,
  type SeatMapRuns,
  type Shown,
} from './seat-map-contenders.ts';
import { createSeatMapEvent, seatMapPath } from './seat-map-event.ts';
import { seatMapReport } from './seat-map-report.ts';
import type { SeatMapServerKind } from './seat-map-server.ts';
import { ServerProcess } from '../server-process.ts';

const SERVER = new URL('./seat-map-server.ts', import.meta.url);
const CONNECTIONS = 64;
const CHANGE_EVERY_MS = 100;

/** Compares reads of a map of 80,000 seats with a prepared buffer and with a list of objects. */
export async function runSeatMap(ctx: BenchContext): Promise<string> {
  const eventId = await createSeatMapEvent(ctx.arena.db);
  const servers = new Map<SeatMapServerKind, ServerProcess>();
  try {
    for (const kind of ['sellout', 'bare', 'list'] as const) {
      const args = [kind, String(eventId), String(servers.get('sellout')?.port ?? 0)];
      servers.set(kind, await ServerProcess.start(SERVER, args, ctx.env));
    }
    const runs = Object.fromEntries(seatMapNames.map((name) => [name, []])) as unknown as SeatMapRuns;
    for (let round = 0; round <= ctx.pairs; round++) {
      for (const name of seatMapNames) {
        const contender = seatMapContenders[name];
        const server = servers.get(contender.server);
        if (server === undefined) throw new Error(`${contender.server} is not running`);
        const figures = await runOne(ctx, contender, server, eventId, round === 0 ? 1 : ctx.seconds);
        if (round > 0) runs[name].push(figures);
      }
    }
    return seatMapReport(runs, await getGzipBytes(servers.get('sellout')?.port ?? 0, eventId));
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

async function runOne(
  { services, arena }: BenchContext,
  { request, connections: count = CONNECTIONS, changing, shown }: SeatMapContender,
  server: ServerProcess,
  eventId: number,
  seconds: number,
): Promise<SeatMapFigures> {
  const connections = await Promise.all(
    Array.from({ length: count }, () => HttpConnection.open(server.port)),
  );
  const text = request(eventId);
  const expected = shown === undefined ? 304 : 200;
  let last: HttpResponse | undefined;
  const cpuBefore = await server.cpuSeconds();
  const changes = changing === true ? changeUntil(server, performance.now() + seconds * 1000) : null;
  const figures = await measure(services, () =>
    closedLoop(count, seconds, async (caller) => {
      last = await connections[caller]?.send(text);
      if (last?.status !== expected) throw new Error(`unexpected response: ${last?.head}`);
      return 'shown';
    }),
  );
  await changes;
  const serverSeconds = (await server.cpuSeconds()) - cpuBefore;
  if (changes !== null) last = await connections[0]?.send(text);
  for (const connection of connections) connection.close();
  if (last === undefined) throw new Error('no response arrived');
  if (shown !== undefined) await assertCorrect(arena, eventId, shown(last));
  const bytes = last.head.length + 4 + last.body.length;
  return { ...figures, serverMicros: (serverSeconds / figures.responses) * 1e6, bytes };
}

/** Makes an even number of changes, so that the map is unchanged at the end. */
async function changeUntil(server: ServerProcess, endsAt: number): Promise<void> {
  for (let changes = 0; performance.now() < endsAt || changes % 2 === 1; changes++) {
    await server.ask('change');
    await new Promise((resolve) => setTimeout(resolve, CHANGE_EVERY_MS));
  }
}

/** @throws if the response differs from the database. */
async function assertCorrect({ db }: Arena, eventId: number, { version, states }: Shown): Promise<void> {
  const truth = await readSeatMap(db, eventId);
  if (truth?.states.encode() !== states) throw new Error('the states are not those of the database');
  if (version !== null && version !== truth.version)
    throw new Error(`version ${version} is not ${truth.version}`);
}

async function getGzipBytes(port: number, eventId: number): Promise<number> {
  const connection = await HttpConnection.open(port);
  const { head, body } = await connection.send(
    getRequest(seatMapPath(eventId), { 'accept-encoding': 'gzip' }),
  );
  connection.close();
  return head.length + 4 + body.length;
}
