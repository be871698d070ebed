import type { PrismaClient } from './db.ts';
import { sql } from './db.ts';
import type { Logger } from '../observability/logger.ts';

const RESYNC_MS = 30_000;
/** Maximum number of samples per synchronization: a slow one, such as the first on a new connection, is inaccurate. */
const SAMPLES_MAX = 5;
/** Error at which no further sample is taken. */
const GOOD_ERROR_MS = 5;
/** Error above which a sample does not replace a more accurate one. */
const POOR_ERROR_MS = 50;

interface Sample {
  readonly offsetMs: number;
  /** Maximum error: the database read its clock at an unknown time between the query and its result. */
  readonly errorMs: number;
}

/**
 * An estimate of the database's clock that needs no query. Only for reads, such as the status that a booking shows.
 * Decisions read the clock of the database while they hold the lock.
 */
export class DatabaseClock {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  #known: Sample = { offsetMs: 0, errorMs: Infinity };
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

  /** Returns milliseconds since 1970. */
  nowMs(): number {
    return Date.now() + this.#known.offsetMs;
  }

  async #sync(): Promise<void> {
    try {
      let best = await this.#sample();
      for (let taken = 1; taken < SAMPLES_MAX && best.errorMs > GOOD_ERROR_MS; taken++) {
        const sample = await this.#sample();
        if (sample.errorMs < best.errorMs) best = sample;
      }
      if (best.errorMs <= POOR_ERROR_MS || best.errorMs <= this.#known.errorMs) this.#known = best;
    } catch (error) {
      this.#logger.warn({ err: error }, 'failed to read the database clock; keeping the last known offset');
    }
  }

  async #sample(): Promise<Sample> {
    const before = Date.now();
    const [row] = await this.#db.$queryRaw<[{ ms: number }]>(
      sql`/* readClock */ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`,
    );
    const after = Date.now();
    return { offsetMs: row.ms - (before + after) / 2, errorMs: (after - before) / 2 };
  }
}
