import { Redis } from 'ioredis';
import { sql, type PrismaClient } from '../../../src/platform/database/db.ts';
import { readCpuSeconds, readRedisUsage } from '../../bench/cpu.ts';
import type { ServerProcess } from '../../bench/server-process.ts';
import type { BenchServices } from '../../bench/services.ts';

/** What a piece of work used. */
export interface Usage {
  readonly seconds: number;
  readonly apiMicros: number;
  readonly postgresMicros: number;
  readonly redisMicros: number;
  readonly walBytes: number;
  /** Versions by which the event advanced: one per batch. */
  readonly batches: number;
  /** Bytes of messages that were published. */
  readonly messageBytes: number;
}

/** Measures CPU, write-ahead log and messages of a piece of work. */
export class Meter implements AsyncDisposable {
  readonly #services: BenchServices;
  readonly #db: PrismaClient;
  readonly #redis: Redis;
  readonly #listener: Redis;
  #messageBytes = 0;

  private constructor(services: BenchServices, db: PrismaClient) {
    this.#services = services;
    this.#db = db;
    this.#redis = new Redis(services.redisUrl);
    this.#listener = new Redis(services.redisUrl);
  }

  static async create(services: BenchServices, db: PrismaClient): Promise<Meter> {
    const meter = new Meter(services, db);
    meter.#listener.on('pmessage', (_pattern: string, _channel: string, message: string) => {
      meter.#messageBytes += Buffer.byteLength(message);
    });
    await meter.#listener.psubscribe('*');
    return meter;
  }

  async measure(server: ServerProcess, eventId: number, work: () => Promise<unknown>): Promise<Usage> {
    const before = await this.#read(server, eventId);
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await this.#read(server, eventId);
    return {
      seconds,
      apiMicros: (after.api - before.api) * 1e6,
      postgresMicros: (after.postgres - before.postgres) * 1e6,
      redisMicros: (after.redis - before.redis) * 1e6,
      walBytes: after.wal - before.wal,
      batches: after.version - before.version,
      messageBytes: after.messageBytes - before.messageBytes,
    };
  }

  /** Returns the microseconds that Redis needs to deliver a message of 1 KB to one more connection. */
  async measureDelivery(): Promise<number> {
    const [connections, messages, channel] = [40, 2_000, 'capacity'];
    const subscribers = Array.from({ length: connections }, () => new Redis(this.#services.redisUrl));
    try {
      let received = 0;
      const all = new Promise<void>((resolve) => {
        for (const subscriber of subscribers)
          subscriber.on('message', () => {
            if (++received === connections * messages) resolve();
          });
      });
      await Promise.all(subscribers.map((subscriber) => subscriber.subscribe(channel)));
      const before = (await readRedisUsage(this.#redis)).cpuSeconds;
      const text = 'x'.repeat(1_024);
      for (let i = 0; i < messages; i++) await this.#redis.publish(channel, text);
      await all;
      return (((await readRedisUsage(this.#redis)).cpuSeconds - before) / (connections * messages)) * 1e6;
    } finally {
      for (const subscriber of subscribers) subscriber.disconnect();
    }
  }

  async #read(server: ServerProcess, eventId: number) {
    const [row] = await this.#db.$queryRaw<{ wal: number; version: number }[]>(sql`
      SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS wal,
             (SELECT seat_version FROM events WHERE id = ${eventId}) AS version`);
    const pid = this.#services.postgres.process.pid;
    if (row === undefined || pid === undefined) throw new Error('PostgreSQL does not run');
    return {
      api: await server.cpuSeconds(),
      postgres: readCpuSeconds(pid),
      redis: (await readRedisUsage(this.#redis)).cpuSeconds,
      wal: row.wal,
      version: row.version,
      messageBytes: this.#messageBytes,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.disconnect();
    this.#redis.disconnect();
    await Promise.resolve();
  }
}
