import type { BookingMode } from '../generated/prisma/enums.ts';
import type { PrismaClient } from '../platform/database/db.ts';
import { Cache } from '../platform/cache.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { isRevoked, readAdmittingEvents } from './rooms/rooms.sql.ts';

/** Announced revocations that are remembered. A forgotten one is found by the batch. */
const REVOCATIONS_MAX = 10_000;

/** A hold that is to be made. */
export interface HoldToAdmit {
  readonly eventId: number;
  readonly buyerId: string;
  /** How the buyer asked: `holdSeats` is DIRECT, `requestHold` is QUEUED. */
  readonly mode: BookingMode;
  /** Returns whether the hold was made before. A retry needs no admission. */
  isRetry(): Promise<boolean>;
}

/**
 * Refuses holds without a valid admission before they cost a transaction. What this process knows about a room is up to a second
 * old, so it only decides whether to look: a hold is refused if the database says, after the hold arrived, that the batch
 * would refuse it. In doubt the batch decides.
 */
export class EarlyRefusals {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  /** The next statement, which has not been sent yet. */
  #next: { readonly eventIds: Set<number>; readonly read: Promise<Map<number, BookingMode>> } | null = null;
  #last: Promise<unknown> = Promise.resolve();
  /** Admissions that were announced as revoked. */
  readonly #revoked = new Cache<string, true>({ entriesMax: REVOCATIONS_MAX });

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** Remembers that an admission was announced as revoked. */
  noteRevocation(eventId: number, buyerId: string): void {
    this.#revoked.set(`${eventId}:${buyerId}`, true);
  }

  /**
   * Returns whether a hold must be refused. Never rejects.
   *
   * @param isAdmitted true if it came with a valid token.
   */
  async isRefused(hold: HoldToAdmit, isAdmitted: boolean): Promise<boolean> {
    const { eventId, buyerId, mode } = hold;
    if (isAdmitted && !this.#revoked.has(`${eventId}:${buyerId}`)) return false;
    try {
      const bookingMode = (await this.#readWithOthers(eventId)).get(eventId);
      if (bookingMode === undefined) return false; // guard: early-refusal-read-again
      // The batch refuses such a hold for another reason, which comes first.
      if (mode === 'DIRECT' && bookingMode === 'QUEUED') return false;
      if (isAdmitted && !(await isRevoked(this.#db, eventId, buyerId))) return false; // guard: early-refusal-of-revoked
      return !(await hold.isRetry()); // guard: early-refusal-not-for-retries
    } catch (error) {
      this.#logger.debug({ err: error, eventId }, 'left a hold without an admission to its batch');
      return false;
    }
  }

  /** Reads the event with the next statement. One runs at a time, and serves every hold that arrived before it was sent. */
  #readWithOthers(eventId: number): Promise<ReadonlyMap<number, BookingMode>> {
    this.#next ??= this.#startNext();
    this.#next.eventIds.add(eventId);
    return this.#next.read;
  }

  #startNext() {
    const eventIds = new Set<number>();
    const read = this.#last.then(() => {
      this.#next = null;
      return readAdmittingEvents(this.#db, [...eventIds]);
    });
    // Only its end matters to the next one. The callers of this one get its error.
    this.#last = Promise.allSettled([read]);
    return { eventIds, read };
  }
}
