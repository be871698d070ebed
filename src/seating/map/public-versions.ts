import { Cache } from '../../platform/cache.ts';
import type { PrismaClient } from '../../platform/database/db.ts';
import type { Logger } from '../../platform/observability/logger.ts';
import { readPublicVersion, type PublicSeats } from './seat-map.sql.ts';

/** Lifetime of a cached version. The max-age of seat map responses depends on it. */
const TTL_MS = 1_000;
/** Time to wait for the database if an earlier version is usable. */
const RESPONSE_WAIT_MS = 500;
/** Time for which an earlier version stays usable if the database does not respond. A public event stays public. */
const STALE_MAX_MS = 60_000;
const EVENTS_MAX = 10_000;

/** The version of an event as everybody may see it, cached. */
export interface PublicVersion {
  /** Null if the event does not exist, or if only its organizer may see it. */
  readonly seats: PublicSeats | null;
  /** When the query was sent, on the clock of `performance.now()`. */
  readonly askedAt: number;
  /** When the next `get` reads the version again, on the same clock. */
  readonly expiresAt: number;
}

interface Query {
  readonly result: Promise<PublicVersion>;
  /** Resolves when the query has taken too long. */
  readonly late: Promise<void>;
}

/**
 * The versions of public events, at most one second old. Each event is read at most once per second, regardless of the
 * number of requests. If the database fails or hangs, a public event keeps its last version for one minute.
 */
export class PublicVersions {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  readonly #known = new Cache<number, PublicVersion>({ entriesMax: EVENTS_MAX });
  /** Queries in flight, one per event. Never evicted, unlike `#known`. */
  readonly #queries = new Map<number, Query>();

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** @throws the error of the database if no earlier version is usable. */
  async get(eventId: number): Promise<PublicVersion> {
    const known = this.#known.get(eventId);
    if (known !== undefined && performance.now() < known.expiresAt) return known;
    const { result, late } = this.#queries.get(eventId) ?? this.#query(eventId); // guard: one-public-read-at-a-time
    return isUsable(known) ? Promise.race([result, late.then(() => known)]) : result; // guard: late-public-read-not-awaited
  }

  /** Returns whether an event was public when it was last read. It stays public, so the answer needs no database. */
  isKnownPublic(eventId: number): boolean {
    return this.#known.get(eventId)?.seats != null;
  }

  #query(eventId: number): Query {
    const query = {
      result: this.#read(eventId),
      late: new Promise<void>((resolve) => setTimeout(resolve, RESPONSE_WAIT_MS).unref()),
    };
    this.#queries.set(eventId, query);
    return query;
  }

  async #read(eventId: number): Promise<PublicVersion> {
    // Taken before the query: the version is at least this new.
    const askedAt = performance.now();
    try {
      const seats = await readPublicVersion(this.#db, eventId);
      return this.#keep(eventId, { seats, askedAt, expiresAt: askedAt + TTL_MS });
    } catch (error) {
      const known = this.#known.get(eventId);
      if (!isUsable(known)) throw error;
      this.#logger.warn({ err: error, eventId }, 'failed to read a version; keeping the previous one');
      return this.#keep(eventId, { ...known, expiresAt: performance.now() + TTL_MS }); // guard: public-read-rate
    } finally {
      this.#queries.delete(eventId);
    }
  }

  #keep(eventId: number, known: PublicVersion): PublicVersion {
    this.#known.set(eventId, known);
    return known;
  }
}

function isUsable(known: PublicVersion | undefined): known is PublicVersion {
  return known?.seats != null && performance.now() < known.askedAt + STALE_MAX_MS; // guard: public-version-ttl
}
