import { randomUUID } from 'node:crypto';
import type { Room } from '../../../src/waiting-room/rules/room.ts';
import { uuidToBytes } from '../../../src/waiting-room/uuid-bytes.ts';
import type { LoopResult } from '../closed-loop.ts';
import type { BenchContext } from '../context.ts';
import { readRedisUsage } from '../cpu.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, measure, median, medians, ratesTo, type Figures } from '../measure.ts';
import { openRoom } from './room.ts';

export const JOINS = 100_000;
const CALLERS = 64;
const WARM_UP = 5_000;

interface JoinFigures extends Figures {
  readonly redisMicros: number;
  /** Bytes of Redis memory per waiter. */
  readonly bytes: number;
}

/** Takes a place for a new buyer, and returns the number. */
type Join = () => Promise<number>;

interface Contender {
  readonly label: string;
  /** The first number. */
  readonly first: 0 | 1;
  readonly prepare: (ctx: BenchContext) => Promise<Join>;
}

const SORTED_SET = 0;
const contenders: readonly Contender[] = [
  {
    label: 'sorted set: ZADD NX and ZRANK',
    first: 0,
    prepare: async ({ app: { redis } }) => {
      const key = `queue:{${randomUUID()}}`;
      await redis.del(key);
      return async () => {
        const buyer = uuidToBytes(randomUUID());
        const replies = await redis.pipeline().zadd(key, 'NX', Date.now(), buyer).zrank(key, buyer).exec();
        const [error, rank] = replies?.[1] ?? [];
        if (error != null) throw error;
        return rank as number;
      };
    },
  },
  {
    label: 'Sellout, the place in Redis',
    first: 1,
    prepare: async (ctx) => {
      const { eventId, saleEndsAtMs } = await openRoom(ctx.arena);
      const { store } = ctx.app.waitingRooms;
      const common = { recovered: null, admitsNew: true, saleEndsAtMs };
      const asked = await store.takePlace(eventId, { ...common, buyerId: randomUUID(), reserved: null });
      if (asked.kind !== 'reserve') throw new Error(`the room is not new: ${asked.kind}`);
      const reserved = { from: 0, to: 2 * JOINS, history: asked.history };
      return async () => {
        const taken = await store.takePlace(eventId, { ...common, buyerId: randomUUID(), reserved });
        if (taken.kind !== 'place') throw new Error(`no place: ${taken.kind}`);
        return taken.joinIndex;
      };
    },
  },
  {
    label: 'Sellout, the whole join',
    first: 1,
    prepare: async (ctx) => createJoin(ctx, await openRoom(ctx.arena)),
  },
];

/** Returns the join of the API: it also reserves join indexes in PostgreSQL, signs the token and estimates the wait. */
export function createJoin({ app }: Pick<BenchContext, 'app'>, room: Room): Join {
  return async () => {
    const { number } = await app.waitingRooms.join(room, randomUUID(), null);
    if (number === null) throw new Error('the lobby is open');
    return number;
  };
}

/** Measures 100,000 joins of each contender. Returns a table. */
export async function runJoins(ctx: BenchContext): Promise<string> {
  const runs = contenders.map((): JoinFigures[] => []);
  for (const contender of contenders) await runOne(ctx, contender, WARM_UP);
  for (let round = 0; round < ctx.pairs; round++)
    for (const [i, contender] of contenders.entries()) runs[i]?.push(await runOne(ctx, contender, JOINS));
  return report(runs);
}

async function runOne(ctx: BenchContext, { first, prepare }: Contender, total: number): Promise<JoinFigures> {
  const { redis } = ctx.app;
  await redis.flushdb();
  const join = await prepare(ctx);
  const before = await readRedisUsage(redis);
  const numbers: number[] = [];
  const figures = await measure(ctx.services, () => joinAll(total, join, numbers));
  const after = await readRedisUsage(redis);
  // The score of the sorted set is the time of the caller, so that a rank can be given twice.
  if (first === 1) assertNumbers(numbers, total);
  return {
    ...figures,
    redisMicros: ((after.cpuSeconds - before.cpuSeconds) / total) * 1e6,
    bytes: (after.bytes - before.bytes) / total,
  };
}

/** Runs `total` joins, one at a time for each caller. */
export async function joinAll(total: number, join: Join, numbers: number[] = []): Promise<LoopResult> {
  const latencies = new Float64Array(total);
  let next = 0;
  const startedAt = performance.now();
  const caller = async () => {
    while (next < total) {
      const index = next++;
      const askedAt = performance.now();
      numbers[index] = await join();
      latencies[index] = performance.now() - askedAt;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  return { responses: total, held: 0, seconds, latenciesMs: latencies.sort() };
}

/** @throws unless the numbers are 1 to `total`, each once. */
function assertNumbers(numbers: readonly number[], total: number): void {
  const ascending = numbers.toSorted((a, b) => a - b);
  if (ascending.length !== total || ascending.some((number, index) => number !== index + 1))
    throw new Error(`${total} joins did not get the numbers 1 to ${total}`);
}

function report(runs: readonly (readonly JoinFigures[])[]): string {
  const of = (i: number) => runs[i] ?? [];
  const micros = (i: number) => of(i).map(({ nodeMicros, redisMicros }) => nodeMicros + redisMicros);
  const rows = contenders.map(({ label }, i) => {
    const { perSecond, p50Ms, p99Ms, nodeMicros, postgresMicros } = medians(of(i));
    return [
      label,
      whole(perSecond),
      ratioAndSpread(ratesTo(of(i), of(SORTED_SET))),
      short(p50Ms),
      short(p99Ms),
      short(nodeMicros),
      short(median(of(i).map(({ redisMicros }) => redisMicros))),
      short(postgresMicros),
      ratioAndSpread(divideByRound(micros(i), micros(SORTED_SET))),
      short(median(of(i).map(({ bytes }) => bytes))),
    ];
  });
  const header = ['100,000 joins', 'joins/s', 'to sorted set', 'p50 ms', 'p99 ms', 'Node µs', 'Redis µs'];
  const rest = ['PostgreSQL µs', 'Node and Redis to sorted set', 'Redis bytes per waiter'];
  return table([...header, ...rest], rows);
}
