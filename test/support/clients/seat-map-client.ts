import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';
import { decodeSeats, packDigits } from '../../../src/seating/map/seat-map.ts';
import type { PackedSeats } from '../../../src/web/seat-feed/packed-seats.ts';

/** Applies the messages of a feed as a client does, and records those that leave a gap. */
export class SeatMapClient {
  readonly messages: FeedMessage[] = [];
  /** Messages that did not continue where the previous one ended. */
  readonly gaps: FeedMessage[] = [];
  version: number | null = null;
  #states: PackedSeats;
  #base64 = '';

  constructor(seatCount: number) {
    this.#states = packDigits('0'.repeat(seatCount));
  }

  get states(): string {
    return this.#base64;
  }

  async run(updates: AsyncIterable<FeedMessage>): Promise<void> {
    for await (const message of updates) this.apply(message);
  }

  apply(message: FeedMessage): void {
    this.messages.push(message);
    if (message.kind === 'snapshot') {
      this.#states = decodeSeats(message.states, this.#states.seatCount);
    } else {
      if (this.version !== null && message.fromVersion !== this.version) this.gaps.push(message);
      for (const [index, code] of message.seats) this.#states.set(index, code);
    }
    this.version = message.version;
    this.#base64 = this.#states.encode();
  }
}
