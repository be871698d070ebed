import { Prisma, type PrismaClient } from '../../../generated/prisma/client.ts';
import { SelloutError } from '../../errors.ts';
import { pause } from '../../pause.ts';
import { Semaphore } from '../../semaphore.ts';
import { SingleFlight } from '../../single-flight.ts';
import { withResponseTimeout } from '../../with-timeout.ts';
import { classifyDbError } from '../db-errors.ts';

export interface FailoverRetryLimits {
  /** How long a failed read waits for the primary: twice as long as a failover takes. */
  readonly waitMs: number;
  /** Number of reads that wait at once in a process. Each keeps its request in memory. */
  readonly waiting: number;
}

const defaultLimits: FailoverRetryLimits = { waitMs: 10_000, waiting: 5_000 };
/** Number of retried reads that run at once. More would wait for connections. */
const CONCURRENT_MAX = 50;
const PROBE_EVERY_MS = 100;
const RESPONSE_WITHIN_MS = 1_000;

/**
 * Retries reads that failed because the primary was unavailable, when it responds again. For subscriptions: a client that is
 * refused during a failover waits longer from one attempt to the next, and would come back seconds after the primary.
 */
export class FailoverRetries {
  readonly #primary: PrismaClient;
  readonly #limits: FailoverRetryLimits;
  readonly #probing = new SingleFlight<'primary', boolean>();
  readonly #retries = new Semaphore(CONCURRENT_MAX);
  readonly #closed = new AbortController();
  #waiting = 0;

  constructor(primary: PrismaClient, limits: Partial<FailoverRetryLimits> = {}) {
    this.#primary = primary;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** The number of reads that wait for the primary. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws the error of `read` if the primary does not respond in time, or if the error has another reason. */
  async retry<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isOutage(error)) throw error; // guard: only-outages-waited-for
      if (this.#waiting >= this.#limits.waiting) throw error; // guard: waiting-reads-limit
      this.#waiting++;
      try {
        return await this.#retryUntil(performance.now() + this.#limits.waitMs, read, error);
      } finally {
        this.#waiting--;
      }
    }
  }

  /** Ends all waits. */
  close(): void {
    this.#closed.abort();
  }

  async #retryUntil<T>(giveUpAt: number, read: () => Promise<T>, first: unknown): Promise<T> {
    let failure = first;
    for (;;) {
      if (!(await this.#waitForPrimary(giveUpAt))) throw failure; // guard: subscription-waits-for-primary
      try {
        return await this.#retries.run(read);
      } catch (error) {
        if (!isOutage(error)) throw error;
        failure = error;
      }
    }
  }

  /** Returns false if the primary does not respond in time. All waiting reads share one probe. */
  async #waitForPrimary(giveUpAt: number): Promise<boolean> {
    while (performance.now() < giveUpAt && !this.#closed.signal.aborted)
      if (await this.#probing.run('primary', () => this.#probe())) return true;
    return false;
  }

  async #probe(): Promise<boolean> {
    await pause(PROBE_EVERY_MS, this.#closed.signal);
    if (this.#closed.signal.aborted) return false;
    const response = this.#primary.$queryRaw(Prisma.sql`/* probePrimary */ SELECT 1`);
    return withResponseTimeout(response, RESPONSE_WITHIN_MS, 'the primary').then(
      () => true,
      // The caller has the error that matters.
      () => false,
    );
  }
}

/** Errors for clients may quote input that looks like the error of a connection. */
function isOutage(error: unknown): boolean {
  return !(error instanceof SelloutError) && classifyDbError(error) === 'connection';
}
