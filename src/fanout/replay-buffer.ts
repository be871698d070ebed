import type { FeedMessage } from '../seating/live/feed-message.ts';
import { fanoutLimits } from './limits.ts';

/** The last messages of a channel, numbered from 1, for subscribers that have not been sent them yet. */
export class ReplayBuffer {
  readonly #messages: FeedMessage[] = [];
  #seats = 0;
  /** Number of the last message; 0 before the first one. */
  last = 0;

  push(message: FeedMessage): void {
    const { replayMessagesMax, replaySeatsMax } = fanoutLimits;
    this.last++;
    this.#messages.push(message);
    this.#seats += countSeats(message);
    while (
      this.#messages.length > replayMessagesMax ||
      (this.#seats > replaySeatsMax && this.#messages.length > 1)
    ) {
      const oldest = this.#messages.shift();
      if (oldest !== undefined) this.#seats -= countSeats(oldest);
    }
  }

  /** Returns undefined if the buffer no longer has the message. */
  get(number: number): FeedMessage | undefined {
    return this.#messages[number - 1 - (this.last - this.#messages.length)];
  }
}

/** Counts a snapshot as the changed seats that take as much memory: about 70 bytes each. */
function countSeats(message: FeedMessage): number {
  return message.kind === 'changes' ? message.seats.length : Math.ceil(message.states.length / 70);
}
