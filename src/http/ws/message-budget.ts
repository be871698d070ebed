import { socketLimits } from '../limits.ts';

/** A bucket of messages that fills at a steady rate: bursts pass, floods do not. */
export class MessageBudget {
  #left: number = socketLimits.messageBurstMax;
  #at = performance.now();

  /** False: this one was too many. */
  take(): boolean {
    const now = performance.now();
    const earned = ((now - this.#at) / 1000) * socketLimits.messagesPerSecondMax;
    this.#left = Math.min(socketLimits.messageBurstMax, this.#left + earned) - 1;
    this.#at = now;
    return this.#left >= 0;
  }
}
