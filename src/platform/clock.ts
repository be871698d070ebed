import type { PrismaClient } from './db.ts';
import { sql } from './db.ts';
import type { Logger } from './logger.ts';

const RESYNC_MS = 30_000;

/**
 * The database's clock, as near as a process can know it without asking each time: for reads only (what a booking
 * shows), never for a decision, which asks the database under the lock.
 */
export class DatabaseClock {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  #offsetMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    await this.#sync();
    this.#timer = setInterval(() => void this.#sync(), RESYNC_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  async #sync(): Promise<void> {
    const before = Date.now();
    try {
      const [row] = await this.#db.$queryRaw<[{ ms: number }]>(
        sql`/* readClock */ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`,
      );
      const after = Date.now();
      this.#offsetMs = row.ms - (before + after) / 2;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the database clock could not be read; the last known offset stands');
    }
  }
}
