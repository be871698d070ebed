import { expect } from 'vitest';
import { connectDatabase, type Database } from '../../../src/platform/database/db.ts';
import { silent } from '../../support/booking.ts';
import { BuyerClient } from '../../support/clients/buyer-client.ts';
import { createHall, type Hall } from '../../support/hall.ts';
import {
  startApiProcess,
  startWorkerProcess,
  type ServerProcess,
} from '../../support/processes/api-process.ts';
import { expectFired, listMetrics, toSeries, type Scrape } from '../../support/promtool.ts';
import { promtoolVersion } from '../../support/promtool-version.ts';
import { startTestPostgres, type TestPostgres } from '../../support/services/postgres.ts';
import { startTestRedis, type TestRedis } from '../../support/services/redis.ts';

const SCRAPE_TIMEOUT_MS = 5_000;

/** More than the longest `for` of the alerts of error budgets, in minutes. */
export const SCRAPES_AFTER = 7;

interface Fault {
  readonly before: readonly Scrape[];
  readonly after: readonly Scrape[];
  readonly alerts: readonly string[];
  readonly minutesApart?: number;
}

/**
 * Two API processes and a worker, whose metrics are scraped before and after a fault. Prometheus's own rule engine then
 * decides which alerts fire. Every value is scraped; only the time between scrapes is assumed to be a minute or more.
 */
export class AlertBench implements AsyncDisposable {
  readonly #undo: AsyncDisposableStack;
  readonly postgres: TestPostgres;
  readonly redis: TestRedis;
  readonly db: Database;
  readonly processes: Readonly<Record<'api-1' | 'api-2' | 'worker', ServerProcess>>;
  readonly hall: Hall;
  readonly buyer: BuyerClient;
  #nextSeat = 0;

  private constructor(
    undo: AsyncDisposableStack,
    parts: Pick<AlertBench, 'postgres' | 'redis' | 'db' | 'processes' | 'hall' | 'buyer'>,
  ) {
    this.#undo = undo;
    this.postgres = parts.postgres;
    this.redis = parts.redis;
    this.db = parts.db;
    this.processes = parts.processes;
    this.hall = parts.hall;
    this.buyer = parts.buyer;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<AlertBench> {
    await using undo = new AsyncDisposableStack();
    const [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
    undo.use(postgres);
    undo.use(redis);
    const db = connectDatabase(postgres.url, silent);
    undo.defer(() => db.close());
    const settings = {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      env: { AUDIT_EVERY_SECONDS: '1', ...env },
    };
    const [one, two, worker] = await Promise.all([
      startApiProcess(settings),
      startApiProcess(settings),
      startWorkerProcess(settings),
    ]);
    for (const process of [one, two, worker]) undo.defer(() => process.kill());
    const hall = await createHall(db.reads, { rows: 20, seatsPerRow: 50, seatLimit: 1_000 });
    const buyer = await BuyerClient.start(one.url);
    const processes = { 'api-1': one, 'api-2': two, worker };
    return new AlertBench(undo.move(), { postgres, redis, db, processes, hall, buyer });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#undo.disposeAsync();
  }

  get url(): string {
    return this.processes['api-1'].url;
  }

  /** Holds a seat that no earlier call has held. */
  hold(buyer = this.buyer): Promise<Record<string, unknown>> {
    return buyer.hold(this.hall.eventId, [this.#nextSeat++]);
  }

  async scrape(): Promise<Scrape> {
    const at = Date.now() / 1000;
    const read = async (url: string) => {
      const response = await fetch(url, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) });
      return response.text();
    };
    const targets = await Promise.all(
      Object.entries(this.processes).map(async ([name, { metricsUrl }]) => {
        return [name, await read(metricsUrl).catch(() => null)] as const;
      }),
    );
    return { at, targets: Object.fromEntries(targets) };
  }

  /** Scrapes several times, each time after `before`. */
  async scrapeTimes(count: number, before?: () => Promise<unknown>): Promise<Scrape[]> {
    const scrapes: Scrape[] = [];
    for (let i = 0; i < count; i++) {
      await before?.();
      scrapes.push(await this.scrape());
    }
    return scrapes;
  }

  /** Returns the sum of the series of a process that `series`, a pattern for name and labels, matches. */
  async read(process: keyof AlertBench['processes'], series: string): Promise<number> {
    const text = (await this.scrape()).targets[process] ?? '';
    const found = [...text.matchAll(new RegExp(`^${series} (\\S+)$`, 'gm'))];
    return found.reduce((sum, [, value]) => sum + Number(value), 0);
  }
}

/**
 * Checks that the alerts do not fire before the fault, and do after it. Without promtool, checks only that the processes
 * serve every metric of the alerts; the setup of the tests prints which of the two is done.
 */
export async function expectAlerts({ before, after, alerts, minutesApart = 1 }: Fault): Promise<void> {
  const scrapes = [...before, ...after];
  const served = new Set(toSeries(scrapes, 1).map(({ series }) => series.split('{')[0] ?? ''));
  const needed = alerts.flatMap(listMetrics);
  expect(needed.filter((name) => !served.has(name))).toEqual([]);
  if (promtoolVersion === null) return;
  await expectFired(before, [], { among: alerts.join('|'), minutesApart });
  await expectFired(scrapes, alerts, { minutesApart });
}
