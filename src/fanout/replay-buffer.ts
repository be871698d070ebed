import type { FeedMessage } from '../seating/live/live-feed.ts';
import { fanoutLimits } from './limits.ts';

/** The last messages of a channel, numbered from 1, for subscribers that are not there yet. */
export class RecentMessages {
  readonly #messages: FeedMessage[] = [];
  #seats = 0;
  /** The number of the last one; 0 before there was any. */
  last = 0;

  push(message: FeedMessage): void {
    const { recentMessagesMax, recentSeatsMax } = fanoutLimits;
    this.last++;
    this.#messages.push(message);
    this.#seats += seatsOf(message);
    while (
      this.#messages.length > recentMessagesMax ||
      (this.#seats > recentSeatsMax && this.#messages.length > 1)
    ) {
      const oldest = this.#messages.shift();
      if (oldest !== undefined) this.#seats -= seatsOf(oldest);
    }
  }

  /** Undefined where it is kept no longer. */
  get(number: number): FeedMessage | undefined {
    return this.#messages[number - 1 - (this.last - this.#messages.length)];
  }
}

/** Two bits a seat in base64, against some seventy bytes: a snapshot counts as the seats that would take its room. */
function seatsOf(message: FeedMessage): number {
  return message.kind === 'changes' ? message.seats.length : Math.ceil(message.states.length / 70);
}
