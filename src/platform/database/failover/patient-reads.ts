import { Prisma, type PrismaClient } from '../../../generated/prisma/client.ts';
import { pause } from '../../pause.ts';
import { SingleFlight } from '../../single-flight.ts';
import { withResponseTimeout } from '../../with-timeout.ts';
import { classifyDbError } from '../db-errors.ts';

/** How long reads wait for the primary to come back: twice as long as a failover takes. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 100;
const RESPONSE_WITHIN_MS = 1_000;

/**
 * Repeats reads that failed because the primary was unavailable, when it answers again. For subscriptions: a client that is
 * refused during a failover waits longer from one attempt to the next, and would come back seconds after the primary.
 */
export class PatientReads {
  readonly #primary: PrismaClient;
  readonly #patienceMs: number;
  readonly #asking = new SingleFlight<'primary', boolean>();
  readonly #closed = new AbortController();

  constructor(primary: PrismaClient, patienceMs = PATIENCE_MS) {
    this.#primary = primary;
    this.#patienceMs = patienceMs;
  }

  /** @throws the error of `read` if the primary does not come back in time, or if the error has another reason. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (classifyDbError(error) !== 'connection') throw error; // guard: only-outages-waited-for
        if (!(await this.#comesBack(giveUpAt))) throw error; // guard: subscription-waits-for-primary
      }
    }
  }

  /** Ends all waits. */
  close(): void {
    this.#closed.abort();
  }

  async #comesBack(giveUpAt: number): Promise<boolean> {
    while (performance.now() < giveUpAt && !this.#closed.signal.aborted)
      if (await this.#asking.run('primary', () => this.#ask())) return true;
    return false;
  }

  async #ask(): Promise<boolean> {
    await pause(ASK_EVERY_MS, this.#closed.signal);
    const answer = this.#primary.$queryRaw(Prisma.sql`/* askPrimary */ SELECT 1`);
    return withResponseTimeout(answer, RESPONSE_WITHIN_MS, 'the primary').then(
      () => true,
      // The caller has the error that matters.
      () => false,
    );
  }
}
