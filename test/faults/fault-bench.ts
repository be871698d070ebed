import { connectDatabase, type Database } from '../../src/platform/database/db.ts';
import { silent } from '../support/booking.ts';
import { createHall, type HallOptions } from '../support/hall.ts';
import { startTestPostgres, type TestPostgres } from '../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/services/redis.ts';
import { stepEnvironment, type StepSettings } from '../support/processes/stepping-api.ts';
import { startPostgresProxy, type PostgresProxy } from '../support/proxies/tcp-proxy.ts';
import { ask } from '../torture/buyers/ask.ts';
import { startBuyers, type Buyer } from '../torture/buyers/buyers.ts';
import type { Breach } from '../torture/check/breach.ts';
import { checkHistory } from '../torture/check/check-history.ts';
import { HallHistory } from '../torture/hall-history.ts';
import { now, type Outcome, type Request } from '../torture/history.ts';
import { readRecord } from '../torture/check/read-record.ts';
import { ServerProcess } from '../support/processes/server-process.ts';
import type { NodeAddress } from '../torture/cluster/watcher.ts';

const PATIENCE_MS = 30_000;

/** The services of a test of faults: its own servers, nodes that crash at a chosen step, and a history to check. */
export class FaultBench implements AsyncDisposable {
  readonly postgres: TestPostgres;
  readonly redis: TestRedis;
  readonly database: Database;
  readonly proxy: PostgresProxy;
  /** A node without faults. */
  readonly steady: ServerProcess;
  /** A node whose connections to PostgreSQL all go through `proxy`. */
  readonly proxied: ServerProcess;

  private constructor(
    parts: Pick<FaultBench, 'postgres' | 'redis' | 'database' | 'proxy' | 'steady' | 'proxied'>,
  ) {
    this.postgres = parts.postgres;
    this.redis = parts.redis;
    this.database = parts.database;
    this.proxy = parts.proxy;
    this.steady = parts.steady;
    this.proxied = parts.proxied;
  }

  static async start(): Promise<FaultBench> {
    const [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
    const { hostname, port } = new URL(postgres.url);
    const proxy = await startPostgresProxy({ host: hostname, port: Number(port) });
    const file = 'src/main/api.ts';
    const steady = new ServerProcess({ file, databaseUrl: postgres.url, redisUrl: redis.url });
    const proxied = new ServerProcess({ file, databaseUrl: proxy.url(postgres.url), redisUrl: redis.url });
    await Promise.all([steady.start(), proxied.start()]);
    const database = connectDatabase(postgres.url, silent);
    return new FaultBench({ postgres, redis, database, proxy, steady, proxied });
  }

  /** Starts a node that sends itself a signal at a step of a batch. */
  async stepping(settings: StepSettings): Promise<ServerProcess> {
    const node = new ServerProcess({
      file: 'test/support/processes/stepping-api.ts',
      databaseUrl: this.postgres.url,
      redisUrl: this.redis.url,
      env: stepEnvironment(settings),
    });
    await node.start();
    return node;
  }

  async hall(options: HallOptions = {}): Promise<FaultHall> {
    const { eventId, seatCount } = await createHall(this.database.reads, options);
    return new FaultHall(this, new HallHistory(eventId, seatCount));
  }

  buyers(count: number): Promise<Buyer[]> {
    return startBuyers(this.steady.url ?? '', count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.steady.kill(), this.proxied.kill()]);
    await this.proxy[Symbol.asyncDispose]();
    await this.database.close();
    await this.redis.stop();
    await this.postgres.stop('immediate');
  }
}

/** A hall, and the history of its requests. */
export class FaultHall {
  readonly history: HallHistory;
  readonly #bench: FaultBench;

  constructor(bench: FaultBench, history: HallHistory) {
    this.#bench = bench;
    this.history = history;
  }

  get eventId(): number {
    return this.history.eventId;
  }

  async ask(server: NodeAddress['server'], buyer: Buyer, request: Request): Promise<Outcome> {
    const invoked = now();
    const n = this.history.nextNumber();
    const outcome = await ask(server.url ?? '', buyer.token, this.eventId, request, PATIENCE_MS);
    this.history.add({
      n,
      node: server.url ?? '',
      buyerId: buyer.id,
      request,
      invoked,
      answered: now(),
      outcome,
    });
    return outcome;
  }

  bookings(): Promise<{ id: string; status: string }[]> {
    return this.#bench.database.reads.booking.findMany({
      where: { eventId: this.eventId },
      select: { id: true, status: true },
      orderBy: { id: 'asc' },
    });
  }

  /** Checks the history against the database. Returns an empty list if all is correct. */
  async breaches(): Promise<readonly Breach[]> {
    const record = await readRecord(this.#bench.database.reads, this.eventId);
    return checkHistory(this.history.attempts, record);
  }
}

export function holdOf(seats: readonly number[], key: string | null): Request {
  return { kind: 'hold', mode: 'exact', seats, quantity: seats.length, key };
}

/** Returns the booking's ID. @throws unless the request succeeded. */
export function getBookingId(outcome: Outcome): string {
  if (outcome.kind !== 'success') throw new Error(`no booking: ${JSON.stringify(outcome)}`);
  return outcome.bookingId;
}
