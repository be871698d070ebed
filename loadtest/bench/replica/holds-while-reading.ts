import { setTimeout as sleep } from 'node:timers/promises';
import { assertInvariants } from '../../../test/support/booking.ts';
import { assertSold } from '../arena.ts';
import { closedLoop } from '../closed-loop.ts';
import { readCpuSeconds } from '../cpu.ts';
import { createHeads, introduceBuyers, parseOutcome } from '../http/http.ts';
import { HttpConnection } from '../http/http-client.ts';
import { bodyFor } from '../http/http-operation.ts';
import { distinctSeats } from '../holds/seat-sources.ts';
import { ratioAndSpread, short, table, whole } from '../markdown.ts';
import { divideByRound, measure, median, medians, ratesTo, type Figures } from '../measure.ts';
import type { ServerProcess } from '../server-process.ts';
import { firstList, uncachedMap, visitorPage } from './reads.ts';
import { EVENTS, requireCaughtUp, SEATS, type ReplicaContext } from './replica-context.ts';

const BUYERS = 64;
const READERS = 16;
/** Each reader sends a request so often, unless the last one takes longer. */
const READ_EVERY_MS = 80;
const kinds = [visitorPage, firstList, uncachedMap];

interface HoldsFigures extends Figures {
  readonly readsPerSecond: number;
  /** Shares of a core. */
  readonly primaryCores: number;
  readonly standbyCores: number;
}

export interface HoldsContender {
  readonly label: string;
  /** Process that reads. */
  readonly server: ServerProcess | null;
  readonly runs: HoldsFigures[];
}

/** Holds seats with 64 callers at one process, while another one reads pages, lists and maps at a fixed rate. */
export async function measureHolds(
  ctx: ReplicaContext,
  seller: ServerProcess,
  { server }: HoldsContender,
  seconds: number,
): Promise<HoldsFigures> {
  const { services, standby, arena } = ctx;
  const [eventId = 0, ...eventIds] = await arena.freshEvents(EVENTS + 1);
  await requireCaughtUp(ctx);
  const heads = await createHeads(ctx.app);
  const open = (count: number, port: number) =>
    Promise.all(Array.from({ length: count }, () => HttpConnection.open(port)));
  const buyers = await open(BUYERS, seller.port);
  await introduceBuyers(buyers, heads);
  const readers = server === null ? [] : await open(READERS, server.port);
  const next = distinctSeats(SEATS);
  const readCpu = () =>
    [services.postgres, standby].map(({ process }) => readCpuSeconds(process.pid ?? 0)) as [number, number];
  let turn = 0;
  const [before, startedAt] = [readCpu(), performance.now()];
  const reading = readAtRate(readers, eventIds, seconds);
  const figures = await measure(services, () =>
    closedLoop(BUYERS, seconds, async (caller) => {
      const head = `${heads[turn++ % heads.length] ?? ''}content-type: application/json\r\n`;
      return parseOutcome((await buyers[caller]?.post(head, bodyFor(eventId, next()))) ?? '');
    }),
  );
  const count = await reading;
  const elapsed = (performance.now() - startedAt) / 1_000;
  const after = readCpu();
  for (const connection of [...buyers, ...readers]) connection.close();
  await assertSold(arena.db, eventId, figures.held);
  await assertInvariants(arena.db);
  return {
    ...figures,
    readsPerSecond: count / elapsed,
    primaryCores: (after[0] - before[0]) / elapsed,
    standbyCores: (after[1] - before[1]) / elapsed,
  };
}

/** Sends pages, lists and maps in turn. Returns the number of responses. */
async function readAtRate(
  readers: readonly HttpConnection[],
  eventIds: readonly number[],
  seconds: number,
): Promise<number> {
  const targets = { eventIds, version: 0, token: '' };
  const endsAt = performance.now() + seconds * 1_000;
  let count = 0;
  const read = async (connection: HttpConnection, reader: number): Promise<void> => {
    await sleep((READ_EVERY_MS * reader) / READERS);
    for (let sentAt = performance.now(); sentAt < endsAt; sentAt = performance.now()) {
      const kind = kinds[count % kinds.length] ?? visitorPage;
      const { body } = await connection.send(kind.request(targets, reader));
      if (!body.includes(kind.expected))
        throw new Error(`unexpected response: ${body.toString().slice(0, 500)}`);
      count++;
      await sleep(Math.max(0, sentAt + READ_EVERY_MS - performance.now()));
    }
  };
  await Promise.all(readers.map(read));
  return count;
}

/** Returns how many holds per second a core of the primary could take beside the reads: what they leave of it, by what a hold needs alone. */
function leftForHolds({ postgresMicros, perSecond }: HoldsFigures, aloneMicros: number): number {
  const readingCores = ((postgresMicros - aloneMicros) * perSecond) / 1e6;
  return ((1 - readingCores) / aloneMicros) * 1e6;
}

export function reportHolds(contenders: readonly HoldsContender[]): string {
  const [alone] = contenders;
  const rows = contenders.map(({ label, runs }) => {
    const { perSecond, p50Ms, p99Ms, postgresMicros } = medians(runs);
    const of = (name: keyof HoldsFigures) => runs.map((run) => run[name]);
    const aloneMicros = (alone?.runs ?? []).map((run) => run.postgresMicros);
    return [
      label,
      whole(perSecond),
      ratioAndSpread(ratesTo(runs, alone?.runs ?? [])),
      short(p50Ms),
      short(p99Ms),
      whole(median(of('readsPerSecond'))),
      short(postgresMicros),
      ratioAndSpread(divideByRound(of('postgresMicros'), aloneMicros)),
      whole(median(runs.map((run, round) => leftForHolds(run, aloneMicros[round] ?? Number.NaN)))),
      `${whole(median(of('primaryCores')) * 100)}%`,
      `${whole(median(of('standbyCores')) * 100)}%`,
    ];
  });
  const header = [
    '64 callers hold seats',
    'holds/s',
    'to no reads',
    'p50 ms',
    'p99 ms',
    'reads/s',
    'primary µs per hold',
    'to no reads',
    'holds/s left on a core of the primary',
    'primary, of a core',
    'replica, of a core',
  ];
  return table(header, rows);
}
