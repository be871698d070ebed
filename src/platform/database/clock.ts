import type { PrismaClient } from './db.ts';
import { sql } from './db.ts';
import type { Logger } from '../observability/logger.ts';

const RESYNC_MS = 30_000;
/** One that takes long (a connection is made first, the process is frozen) says little: then it is asked again. */
const SAMPLES_MAX = 5;
const GOOD_ERROR_MS = 5;
/** A sample that may be further off than this does not replace a better one that is known. */
const POOR_ERROR_MS = 50;

interface Sample {
  readonly offsetMs: number;
  /** The offset is wrong by this at most: the database looked at its clock at some moment between question and answer. */
  readonly errorMs: number;
}

/**
 * The database's clock, as near as a process can know it without asking each time: for reads only (what a booking
 * shows), never for a decision, which asks the database under the lock.
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

  /** Milliseconds since 1970. */
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
