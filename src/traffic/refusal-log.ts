import type { Logger } from '../platform/observability/logger.ts';
import { metrics } from '../platform/observability/metrics.ts';

/** Minimum interval between two log lines about one limit. */
const LOG_EVERY_MS = 10_000;

interface Burst {
  refused: number;
  readonly timer: NodeJS.Timeout;
}

/** What was refused, and by which limit. */
export interface Refusal {
  /** The name of the policy. */
  readonly limit: string;
  /** A root field of the schema, or `request`. */
  readonly operation: string;
  /** The hashed key of the empty bucket. */
  readonly key: string;
  readonly retryAfterSeconds: number;
  /** What made the rules against probing refuse. */
  readonly reason?: string;
}

/**
 * Counts refusals, and logs the first of a burst at once and the number of the others when the interval has passed. There
 * are as many bursts at most as there are limits, so that an attack cannot fill the log or the memory.
 */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #bursts = new Map<string, Burst>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(refusal: Refusal): void {
    const { limit, operation } = refusal;
    metrics.rateLimited.inc({ limit, operation });
    const burst = this.#bursts.get(limit);
    // guard: one-log-line-per-burst
    if (burst !== undefined) {
      burst.refused++;
      return;
    }
    this.#logger.warn(refusal, 'rate limit exceeded');
    const timer = setTimeout(() => this.#end(limit), LOG_EVERY_MS).unref();
    this.#bursts.set(limit, { refused: 0, timer });
  }

  close(): void {
    for (const limit of this.#bursts.keys()) this.#end(limit);
  }

  #end(limit: string): void {
    const burst = this.#bursts.get(limit);
    this.#bursts.delete(limit);
    clearTimeout(burst?.timer);
    if (burst !== undefined && burst.refused > 0)
      this.#logger.warn({ limit, refused: burst.refused }, 'rate limit exceeded by more calls');
  }
}
