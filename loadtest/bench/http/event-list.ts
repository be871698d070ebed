import type { PrismaClient } from '../../../src/generated/prisma/client.ts';
import type { BenchContext } from '../context.ts';
import { closedLoop } from '../closed-loop.ts';
import { listGoals, ratioAndSpread, short, table, whole } from '../markdown.ts';
import { measure, median, medians, ratesTo } from '../measure.ts';
import { ServerProcess } from '../server-process.ts';
import { HttpConnection, postHead } from './http-client.ts';
import { SERVER, type HttpFigures } from './http.ts';

const EVENTS = 10_000;
const CONNECTIONS = 16;
const RATIO_MIN = 0.9;
const fields = 'edges { node { id name startsAt status venue { name } availability { available total } } }';
const contenders = [
  { label: '`events(first: 20)` without `totalCount`', query: `{ events(first: 20) { ${fields} } }` },
  { label: 'with `totalCount`', query: `{ events(first: 20) { totalCount ${fields} } }` },
] as const;

/** Compares the first page of 10,000 events with and without their number. */
export async function runEventList(ctx: BenchContext): Promise<string> {
  const eventId = await ctx.arena.freshEvent();
  await addEvents(ctx.arena.db, eventId);
  const server = await ServerProcess.start(SERVER, ['sellout'], ctx.env);
  try {
    const runs = contenders.map((): HttpFigures[] => []);
    for (let round = 0; round <= ctx.pairs; round++)
      for (const [i, { query }] of contenders.entries()) {
        const figures = await runOne(ctx, server, query, round === 0 ? 1 : ctx.seconds);
        if (round > 0) runs[i]?.push(figures);
      }
    return report(runs);
  } finally {
    await server.stop();
  }
}

/** Adds events without seats, as copies of one. */
export async function addEvents(db: PrismaClient, eventId: number): Promise<void> {
  const { id: _, createdAt: __, ...event } = await db.event.findUniqueOrThrow({ where: { id: eventId } });
  const hourMs = 3_600_000;
  await db.event.createMany({
    data: Array.from({ length: EVENTS - 1 }, (_element, i) => ({
      ...event,
      name: `Night ${i + 2}`,
      startsAt: new Date(event.startsAt.getTime() + i * hourMs),
    })),
  });
  await db.$executeRawUnsafe('VACUUM ANALYZE events');
}

async function runOne(
  { services }: BenchContext,
  server: ServerProcess,
  query: string,
  seconds: number,
): Promise<HttpFigures> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => HttpConnection.open(server.port)),
  );
  const head = `${postHead('/graphql', { accept: 'application/json' })}content-type: application/json\r\n`;
  const body = JSON.stringify({ query });
  const cpuBefore = await server.cpuSeconds();
  const figures = await measure(services, () =>
    closedLoop(CONNECTIONS, seconds, async (caller) => {
      const answer = (await connections[caller]?.post(head, body)) ?? '';
      if (!answer.includes('"name":"Test Night"')) throw new Error(`unexpected response: ${answer}`);
      if (query.includes('totalCount') && !answer.includes(`"totalCount":${EVENTS}`))
        throw new Error(`not the number of events: ${answer.slice(0, 200)}`);
      return 'shown';
    }),
  );
  const serverSeconds = (await server.cpuSeconds()) - cpuBefore;
  for (const connection of connections) connection.close();
  return { ...figures, serverMicros: (serverSeconds / figures.responses) * 1e6, redisMicros: Number.NaN };
}

function report(runs: readonly (readonly HttpFigures[])[]): string {
  const [without = [], counted = []] = runs;
  const rows = contenders.map(({ label }, i) => {
    const own = runs[i] ?? [];
    const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(own);
    const ratio = ratioAndSpread(ratesTo(own, without));
    const micros = median(own.map(({ serverMicros }) => serverMicros));
    return [label, whole(perSecond), ratio, short(p50Ms), short(p99Ms), short(micros), short(postgresMicros)];
  });
  const header = ['query', 'responses/s', 'to the first', 'p50 ms', 'p99 ms', 'server µs', 'PostgreSQL µs'];
  const ratios = ratesTo(counted, without);
  const goal = {
    goal: `a page with its \`totalCount\`: at least ${RATIO_MIN} times the rate of the page alone`,
    measured: ratioAndSpread(ratios),
    isMet: median(ratios) >= RATIO_MIN,
  };
  return `${table(header, rows)}\n\n${listGoals([goal])}`;
}
