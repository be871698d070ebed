import { Cache } from '../../platform/cache.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import type { SeatVersion } from '../../messaging/messages.ts';
import { readPublicVersion } from './public-version.sql.ts';

/** Time for which an answer is valid: the max-age of the seat map. */
const TTL_MS = 1_000;
/** An answer that is not there by then is not waited for, where an earlier one will do. */
const ANSWER_WAIT_MS = 500;
/** So long an earlier answer will do while the database gives none: what is public stays so. */
const UNCONFIRMED_MS = 60_000;
const EVENTS_MAX = 10_000;

/** What was found out about an event. */
export interface PublicVersion {
  /** Null: no such event, or one that only its organizer may see. */
  readonly seats: SeatVersion | null;
  /** When the database was asked for it, as `performance.now()` counts. */
  readonly askedAt: number;
  /** The end of its validity, on the clock of `performance.now()`. */
  readonly expiresAt: number;
}

interface Asking {
  readonly answer: Promise<PublicVersion>;
  /** Resolves when it has taken too long. */
  readonly late: Promise<void>;
}

/**
 * Which events everybody may see, and how far their seats have got: at most a second old, and asked once an event and
 * second, however many want to know. While the database fails or hangs, an event that was public is still taken for it,
 * at the version that it had, for a minute.
 */
export class PublicVersions {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  readonly #known = new Cache<number, PublicVersion>({ entriesMax: EVENTS_MAX });
  /** Apart from what is known, which is bounded: no event is asked for twice at a time. */
  readonly #asking = new Map<number, Asking>();

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** @throws what the database throws, where nothing is known that will do. */
  async get(eventId: number): Promise<PublicVersion> {
    const known = this.#known.get(eventId);
    if (known !== undefined && performance.now() < known.expiresAt) return known;
    const { answer, late } = this.#asking.get(eventId) ?? this.#ask(eventId); // guard: one-public-read-at-a-time
    // guard: late-public-read-not-awaited
    return willDo(known) ? Promise.race([answer, late.then(() => known)]) : answer;
  }

  #ask(eventId: number): Asking {
    const asking = {
      answer: this.#read(eventId),
      late: new Promise<void>((resolve) => setTimeout(resolve, ANSWER_WAIT_MS).unref()),
    };
    this.#asking.set(eventId, asking);
    return asking;
  }

  async #read(eventId: number): Promise<PublicVersion> {
    // From before it was asked: that is how old the answer is.
    const askedAt = performance.now();
    try {
      const seats = await readPublicVersion(this.#db, eventId);
      return this.#keep(eventId, { seats, askedAt, expiresAt: askedAt + TTL_MS });
    } catch (error) {
      const known = this.#known.get(eventId);
      if (!willDo(known)) throw error;
      this.#logger.warn({ err: error, eventId }, 'failed to read a version; keeping the previous one');
      return this.#keep(eventId, { ...known, expiresAt: performance.now() + TTL_MS }); // guard: public-read-rate
    } finally {
      this.#asking.delete(eventId);
    }
  }

  #keep(eventId: number, known: PublicVersion): PublicVersion {
    this.#known.set(eventId, known);
    return known;
  }
}

function willDo(known: PublicVersion | undefined): known is PublicVersion {
  return known?.seats != null && performance.now() < known.askedAt + UNCONFIRMED_MS; // guard: public-version-ttl
}
