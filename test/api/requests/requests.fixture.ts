import { startApi, type RunningApi } from '../../../src/main/api.ts';
import { startWorker, type RunningWorker, type WorkerOverrides } from '../../../src/main/worker.ts';
import { loadConfig, type Config } from '../../../src/platform/config/config.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { startBookingProcess, type BookingProcess } from '../../support/booking.ts';
import type { BuyerClient } from '../../support/clients/buyer-client.ts';
import { eventually } from '../../support/eventually.ts';
import { ServerProcess, TEST_SECRET } from '../../support/processes/server-process.ts';
import { stepEnvironment, type StepSettings } from '../../support/processes/stepping-api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/services/database.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

/** A result of requestHold, or a hold request read by its ID. */
export interface RequestResult {
  readonly __typename: string;
  readonly id: string;
  readonly status: string;
  readonly ahead: number | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
}

export const requestFields = `__typename ... on HoldRequest { id status ahead result {
  __typename ... on Booking { id status seats { index } } ... on Error { code message }
  ... on SeatsUnavailableError { seats { index } } } }`;

/** An API with a database and a Redis of its own, and a worker that a test starts. */
export class RequestBench implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly config: Config;
  readonly api: RunningApi;
  readonly app: BookingProcess;
  #worker: RunningWorker | null = null;

  private constructor(database: TestDatabase, redis: TestRedis, config: Config, api: RunningApi) {
    this.database = database;
    this.redis = redis;
    this.config = config;
    this.api = api;
    this.app = startBookingProcess(database.url);
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<RequestBench> {
    const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    const config = loadConfig({
      DATABASE_URL: database.url,
      ...redis.env,
      AUTH_SECRET: TEST_SECRET,
      LOG_LEVEL: 'silent',
      RATE_LIMITS: 'off',
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
    });
    return new RequestBench(database, redis, config, await startApi(config));
  }

  async startWorker(overrides: WorkerOverrides = {}): Promise<void> {
    this.#worker ??= await startWorker(this.config, overrides);
  }

  /** Starts a worker in a process of its own, which sends itself a signal at a step of a batch. */
  async startSteppingWorker(settings: StepSettings): Promise<ServerProcess> {
    const worker = new ServerProcess({
      file: 'test/support/processes/stepping-worker.ts',
      databaseUrl: this.database.url,
      redisEnv: this.redis.env,
      env: stepEnvironment(settings),
    });
    await worker.start();
    return worker;
  }

  async countBookings(eventId: number): Promise<number> {
    return this.app.database.reads.booking.count({ where: { eventId } });
  }

  async stopWorker(): Promise<void> {
    await this.#worker?.stop();
    this.#worker = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopWorker();
    await this.api.stop();
    await this.app[Symbol.asyncDispose]();
    await Promise.all([this.redis.stop(), this.database.drop()]);
  }
}

export async function request(
  buyer: BuyerClient,
  eventId: number,
  seats: readonly number[],
  more: Readonly<Record<string, unknown>>,
): Promise<RequestResult> {
  const input = {
    eventId: encodeEventId(eventId),
    seatIds: seats.map((seat) => encodeSeatId(eventId, seat)),
    ...more,
  };
  const answer = await buyer.send(
    `mutation ($input: HoldSeatsInput!) { requestHold(input: $input) { ${requestFields}
      ... on Error { code message } ... on InvalidInputError { field } } }`,
    { input },
  );
  if (answer.data?.['requestHold'] == null) throw new Error(JSON.stringify(answer));
  return answer.data['requestHold'] as unknown as RequestResult;
}

export async function readRequest(buyer: BuyerClient, id: string): Promise<RequestResult | null> {
  const answer = await buyer.send(`query ($id: ID!) { node(id: $id) { ${requestFields} } }`, { id });
  return (answer.data?.['node'] ?? null) as unknown as RequestResult | null;
}

/** Waits for the outcome of a request. */
export async function outcomeOf(buyer: BuyerClient, id: string): Promise<RequestResult> {
  let latest: RequestResult | null = null;
  await eventually('the request has an outcome', async () => {
    latest = await readRequest(buyer, id);
    return latest !== null && latest.status !== 'QUEUED';
  });
  if (latest === null) throw new Error('unreachable');
  return latest;
}
