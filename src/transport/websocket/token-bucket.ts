import { socketLimits } from '../limits.ts';

/** A bucket of messages that fills at a steady rate: bursts pass, floods do not. */
export class MessageBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = this.#burst = perSecond * socketLimits.messageBurstSeconds;
  }

  /** False: this one was too many. */
  take(): boolean {
    const now = performance.now();
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + earned) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
