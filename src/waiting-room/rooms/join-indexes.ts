import { Cache } from '../../platform/cache.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { SingleFlight } from '../../platform/single-flight.ts';
import type { ReservedIndexes, Shortage } from '../redis/room-store.ts';
import { reserveJoinIndexes } from './rooms.sql.ts';

/**
 * Join indexes reserved at once: a statement per so many joins. If more buyers join at the same time, as many as they are.
 * It is also the gap that a Redis leaves which may have lost data: numbers that belong to nobody, but are called.
 */
const RESERVED_AT_ONCE = 100;
const EVENTS_MAX = 10_000;

/** Who needs join indexes. */
export interface Demand {
  /** Buyers who are joining in this process. */
  readonly joining: number;
  /** How often the buyer has found none left after a reservation. */
  readonly attempt: number;
}

/** Reserves join indexes in PostgreSQL before Redis issues them. */
export class JoinIndexes {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  /** All of this process wait for one write, which would otherwise block each other on the room's row. */
  readonly #inProgress = new SingleFlight<string, ReservedIndexes>();
  /** By event, the last ones that this process has reserved. */
  readonly #latest = new Cache<number, ReservedIndexes>({ entriesMax: EVENTS_MAX });

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** If Redis does not know which indexes were issued, all reserved ones may be in use. */
  async reserve(eventId: number, shortage: Shortage, demand: Demand): Promise<ReservedIndexes> {
    const { above, history } = shortage;
    const latest = this.#latest.get(eventId);
    // The answer of Redis came late: more have been reserved since. Another write would let those of others overtake this buyer,
    // again and again.
    // guard: late-answer-needs-no-write
    if (latest?.history === history && above !== null && above < latest.to) return { ...latest, from: null };
    return this.#inProgress.run(`${eventId}:${above}:${history}:${demand.attempt}`, async () => {
      try {
        const reserved = await this.#write(eventId, shortage, demand);
        this.#remember(eventId, reserved);
        return reserved;
      } catch (error) {
        // Once for all who wait.
        this.#logger.warn({ err: error, eventId }, 'could not reserve places of a waiting room');
        throw error;
      }
    });
  }

  async #write(
    eventId: number,
    { above, history }: Shortage,
    { joining, attempt }: Demand,
  ): Promise<ReservedIndexes> {
    const from = above ?? (await reserveJoinIndexes(this.#db, eventId, 0, 0));
    // Other processes reserve the same ones. The more there are, the sooner their buyers take them all.
    const size = Math.max(RESERVED_AT_ONCE, joining) * 2 ** attempt; // guard: joins-of-many-processes
    const to = await reserveJoinIndexes(this.#db, eventId, from, size);
    // If Redis loses its data before it is told, others may have been given numbers above the limit that it knew.
    return { from: above === null ? from : null, to, history }; // guard: known-limit-starts-no-counter
  }

  #remember(eventId: number, reserved: ReservedIndexes): void {
    const latest = this.#latest.get(eventId);
    const isBehind = latest?.history === reserved.history && latest.to > reserved.to;
    // If the counter starts again, nothing before it counts.
    if (isBehind && reserved.from === null) return;
    this.#latest.set(eventId, reserved);
  }
}
