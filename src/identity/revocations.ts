import type { PrismaClient } from '../platform/database/db.ts';
import type { Logger } from '../platform/observability/logger.ts';
import { readRevocations } from './revocations.sql.ts';
import type { Viewer } from './viewer.ts';

const READ_EVERY_MS = 1_000;
/** Time for which rows are read again, because transactions do not commit in the order of their timestamps. */
const OVERLAP_MS = 10_000;

interface Watch {
  readonly viewer: Viewer;
  readonly callback: () => void;
}

/**
 * The revoked tokens, as this process knows them: new ones are read once a second with one statement, so that checking a
 * token needs no query. While the database is unavailable, the known ones stay revoked.
 */
export class Revocations {
  readonly #db: PrismaClient;
  readonly #logger: Logger;
  /** Time until which the tokens of a user are revoked, by user ID. */
  readonly #users = new Map<string, number>();
  readonly #tokenIds = new Set<string>();
  readonly #watches = new Set<Watch>();
  readonly #listeners = new Set<() => void>();
  /** Time of the latest revocation; null before the first read. */
  #latestMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #isFailing = false;

  constructor(db: PrismaClient, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** Resolves after the first read, whether it succeeded or not. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.refresh(), READ_EVERY_MS).unref();
    await this.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Returns whether the revocations have been read at least once. */
  get isLoaded(): boolean {
    return this.#latestMs !== null;
  }

  includes({ userId, tokenId, issuedAtMs = 0 }: Viewer): boolean {
    // guard: revoked-by-token-id
    if (tokenId !== undefined && this.#tokenIds.has(tokenId)) return true;
    const revokedAtMs = this.#users.get(userId);
    // A token says in which second it was issued. One of the same second counts as issued before.
    // guard: later-token-not-revoked
    return revokedAtMs !== undefined && issuedAtMs <= revokedAtMs;
  }

  /** Calls back each time that tokens are revoked. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Calls back once if the viewer's token is revoked, perhaps immediately. Returns a function that stops this. */
  watch(viewer: Viewer, callback: () => void): () => void {
    const watch = { viewer, callback };
    this.#watches.add(watch);
    if (this.includes(viewer)) this.#notify(watch);
    return () => this.#watches.delete(watch);
  }

  /** Reads the new revocations now. Callers at the same time share a read. Never rejects. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const sinceMs = Math.max(0, (this.#latestMs ?? 0) - OVERLAP_MS); // guard: late-revocations-read
      const revocations = await readRevocations(this.#db, sinceMs);
      const known = this.#users.size + this.#tokenIds.size;
      let isNewer = false;
      for (const { userId, tokenId, revokedAtMs } of revocations) {
        if (tokenId !== null) this.#tokenIds.add(tokenId);
        if (userId !== null) this.#users.set(userId, Math.max(this.#users.get(userId) ?? 0, revokedAtMs));
        isNewer ||= revokedAtMs > (this.#latestMs ?? 0);
      }
      this.#latestMs = Math.max(this.#latestMs ?? 0, revocations.at(-1)?.revokedAtMs ?? 0);
      if (isNewer || this.#users.size + this.#tokenIds.size > known) this.#notifyAll();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#logger.warn({ err: error }, 'failed to read revoked tokens; keeping the known ones');
      this.#isFailing = true;
    }
  }

  #notifyAll(): void {
    for (const listener of this.#listeners) listener();
    for (const watch of this.#watches) if (this.includes(watch.viewer)) this.#notify(watch);
  }

  #notify(watch: Watch): void {
    this.#watches.delete(watch);
    watch.callback();
  }
}
