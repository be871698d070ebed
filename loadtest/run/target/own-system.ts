import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { startPostgres } from '../../../scripts/local/postgres/postgres.ts';
import { startRedis } from '../../../scripts/local/redis/redis.ts';
import { makeScratchFolder } from '../../../scripts/local/scratch-folder.ts';
import { migrate } from '../../../scripts/schema/apply-migrations.ts';
import { sql } from '../../../src/platform/database/db.ts';
import { encodeEventId } from '../../../src/platform/ids.ts';
import { createHall } from '../../../test/support/hall.ts';
import { ServerProcess } from '../../../test/support/processes/server-process.ts';
import { SEATS } from '../scenarios.ts';
import { StoredState } from './stored-state.ts';
import type { MeasuredProcess, SaleEvent, Target } from './target.ts';

/** The event of a system for load tests. */
interface OwnEvent {
  readonly rows: number;
  readonly seatsPerRow: number;
  readonly seatLimit: number;
  readonly holdTtlMs: number;
}

/** Holds are short, so that abandoned ones expire during a run. */
const USUAL_EVENT: OwnEvent = {
  rows: SEATS / 100,
  seatsPerRow: 100,
  seatLimit: 100,
  holdTtlMs: 10_000,
};

interface ServerOptions {
  readonly apiProcesses: number;
  readonly antiProbing: 'on' | 'off';
}

/**
 * Starts servers as in production: API processes and the worker, a durable PostgreSQL and Redis, all rate limits on. Commit
 * timestamps are on, so that latency counts from COMMIT.
 */
export async function startServers({ apiProcesses, antiProbing }: ServerOptions): Promise<Servers> {
  await using undo = new AsyncDisposableStack();
  const scratch = await makeScratchFolder();
  undo.defer(() => scratch.remove());
  const postgres = await startPostgres({
    folder: path.join(scratch.folder, 'postgres'),
    durable: true,
    settings: { track_commit_timestamp: 'on' },
  });
  undo.defer(() => postgres.stop('immediate'));
  await migrate(postgres.url);
  const redis = await startRedis({ folder: path.join(scratch.folder, 'redis') });
  undo.defer(() => redis.stop());
  const stored = undo.use(new StoredState(postgres.url, redis.url));

  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    AUTH_SECRET: randomUUID(),
    RATE_LIMITS: 'on',
    ANTI_PROBING: antiProbing,
  };
  const urls = { databaseUrl: postgres.url, redisUrl: redis.url };
  const start = async (file: string) => {
    const server = new ServerProcess({ file, ...urls, env });
    await server.start();
    undo.defer(() => server.kill());
    return server;
  };
  const apis: ServerProcess[] = [];
  while (apis.length < apiProcesses) apis.push(await start('src/main/api.ts'));
  const worker = await start('src/main/worker.ts');
  const all = undo.move();
  const names = apis.map(({ pid }, i) => [apis.length === 1 ? 'API' : `API ${i + 1}`, pid] as const);
  const count = apis.length === 1 ? 'one API process' : `${apis.length} API processes`;
  return {
    apis,
    stored,
    description: `${count}, the worker, PostgreSQL ${postgres.version} (durable) and Redis ${redis.version}, started for this run`,
    processes: listProcesses({
      ...Object.fromEntries(names),
      worker: worker.pid,
      PostgreSQL: postgres.process.pid,
      Redis: redis.process.pid,
    }),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Servers that the runner started. */
export interface Servers extends AsyncDisposable {
  readonly apis: readonly ServerProcess[];
  readonly stored: StoredState;
  readonly description: string;
  readonly processes: readonly MeasuredProcess[];
}

/** Starts one API process and what it needs. */
export async function startOwnSystem(): Promise<Target> {
  // The scenarios hold and release far more than buyers do: the rules would refuse them.
  const servers = await startServers({ apiProcesses: 1, antiProbing: 'off' });
  const { stored } = servers;
  return {
    url: servers.apis[0]?.url ?? '',
    description: servers.description,
    processes: servers.processes,
    chooseEvent: () => createEvent(stored, USUAL_EVENT),
    settle: ({ number }) => stored.settle(number, 'active'),
    readMap: ({ number }) => stored.readMap(number),
    countBookings: ({ number }) => stored.countBookings(number),
    readCommitTimes: ({ number }) => stored.readCommitTimes(number),
    audit: () => stored.audit(),
    [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose](),
  };
}

function listProcesses(pids: Readonly<Record<string, number | null | undefined>>): MeasuredProcess[] {
  return Object.entries(pids).flatMap(([name, pid]) => (pid == null ? [] : [{ name, pid }]));
}

export async function createEvent({ db }: StoredState, own: OwnEvent): Promise<SaleEvent> {
  const { eventId, seatCount } = await createHall(db, { ...own });
  await db.$executeRaw(sql`UPDATE events SET buyers_may_cancel = true WHERE id = ${eventId}`);
  // As in production, statistics exist.
  await db.$executeRawUnsafe('ANALYZE events, event_seats, price_tiers');
  return { id: encodeEventId(eventId), number: eventId, seatCount };
}
