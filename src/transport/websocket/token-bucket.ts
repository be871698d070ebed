import { socketLimits } from '../limits.ts';

/** A token bucket for the messages of one socket. It permits bursts, and limits the rate. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #updatedAt = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = this.#capacity = perSecond * socketLimits.messageBurstSeconds;
  }

  /** Takes one token. Returns false if there was none. */
  take(): boolean {
    const now = performance.now();
    const refill = ((now - this.#updatedAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + refill) - 1;
    this.#updatedAt = now;
    return this.#tokens >= 0;
  }
}
