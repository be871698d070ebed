import { expect } from 'vitest';
import { serveApi } from '../../../src/main/api.ts';
import { createContext, type AppContext } from '../../../src/main/context.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { encodeEventId, encodeSeatId } from '../../../src/platform/ids.ts';
import { metrics } from '../../../src/platform/observability/metrics.ts';
import { readMetrics } from '../../../src/platform/observability/metrics/registry.ts';
import type { BuyerClient } from '../../support/clients/buyer-client.ts';
import { TEST_SECRET } from '../../support/processes/server-process.ts';
import type { Scrape } from '../../support/promtool.ts';
import { startStallingProxy, type StallingProxy } from '../../support/proxies/stalling-proxy.ts';
import { startTestPostgres, type TestPostgres } from '../../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';
import { startTestStandby, type TestStandby } from '../../support/services/standby.ts';

export interface Servers {
  readonly primary: TestPostgres;
  readonly redis: TestRedis;
  readonly standby: TestStandby;
  /** Follows the first primary to the end. */
  readonly loyal: TestStandby;
  /** Leads to the standby. */
  readonly proxy: StallingProxy;
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const [primary, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  const [standby, loyal] = await Promise.all([
    startTestStandby(primary, 's1'),
    startTestStandby(primary, 's2'),
  ]);
  const proxy = await startStallingProxy(Number(new URL(standby.url).port));
  return {
    primary,
    redis,
    standby,
    loyal,
    proxy,
    async stop() {
      await proxy[Symbol.asyncDispose]();
      for (const server of [loyal, standby]) await server.kill();
      await redis.stop();
      await primary.stop('immediate');
    },
  };
}

export interface Node {
  readonly context: AppContext;
  readonly url: string;
  stop(): Promise<void>;
}

/** Creates the services of an API process. */
export function openContext(databaseUrl: string, replicaUrl: string, redis: TestRedis): Promise<AppContext> {
  return createContext(
    loadConfig({
      DATABASE_URL: databaseUrl,
      DATABASE_REPLICA_URLS: replicaUrl,
      ...redis.env,
      AUTH_SECRET: TEST_SECRET,
      HOST: '127.0.0.1',
      PORT: '0',
      FEED_TICK_MS: '10',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'silent',
    }),
  );
}

/** Starts an API in this process. */
export async function startNode(databaseUrl: string, replicaUrl: string, redis: TestRedis): Promise<Node> {
  const context = await openContext(databaseUrl, replicaUrl, redis);
  const server = await serveApi(context);
  return {
    context,
    url: `http://127.0.0.1:${server.port}`,
    async stop() {
      await server.stop();
      await context.close();
    },
  };
}

/** Measures at once, not only at the next interval. */
export async function isUsed({ context }: Node): Promise<boolean> {
  await context.database.replicas.measure();
  return context.database.replicas.states[0] === 'usable';
}

/** Sends a query, as a visitor or a buyer. */
export async function ask(
  { url }: Node,
  query: string,
  buyer?: BuyerClient,
): Promise<Record<string, Record<string, unknown> | null>> {
  const headers = {
    'content-type': 'application/json',
    ...(buyer !== undefined && { authorization: `Bearer ${buyer.token}` }),
  };
  const body = JSON.stringify({ query });
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const { data, errors } = (await response.json()) as {
    data: Record<string, Record<string, unknown> | null>;
    errors?: unknown;
  };
  expect(errors).toBeUndefined();
  return data;
}

/** Returns scrapes of this process. */
export async function scrapeTimes(count: number): Promise<Scrape[]> {
  const text = await readMetrics();
  return Array.from({ length: count }, () => ({ at: Date.now() / 1000, targets: { 'api-1': text } }));
}

/** Returns how many reads had a result, by the metric. */
export async function countReads(result: string): Promise<number> {
  const { values } = await metrics.replicaReads.get();
  return values.find(({ labels }) => labels.result === result)?.value ?? 0;
}

/** Holds a seat, and returns the fields of the booking that must be read after the commit. */
export async function holdAndReadSeats(buyer: BuyerClient, eventId: number, seat: number): Promise<unknown> {
  const answer = await buyer.send(
    `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) {
      ... on Booking { status seats { index status } } } }`,
    { input: { eventId: encodeEventId(eventId), seatIds: [encodeSeatId(eventId, seat)] } },
  );
  return answer.data?.['holdSeats'];
}
