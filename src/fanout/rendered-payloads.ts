import type { FeedMessage } from '../seating/live/live-feed.ts';
import type { Payload } from './payload.ts';

/** What an entry takes besides its text: the key, the map's and the payload's own. */
const ENTRY_CHARACTERS = 500;

/**
 * Messages as each operation shows them, kept while the message is, which on a quiet event is for long. Clients make up
 * operations as they like, and every one shows each message in its own way: beyond a number of characters all is
 * forgotten, and what is still wanted is executed anew. `operation` is a key of a length that no client chooses.
 */
export class RenderedPayloads {
  readonly #charactersMax: number;
  #byMessage = new WeakMap<FeedMessage, Map<string, Payload>>();
  /** Rendered since the last time that all was forgotten: at least what is kept. */
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  get(message: FeedMessage, operation: string, render: () => Payload): Payload {
    const known = this.#byMessage.get(message)?.get(operation);
    if (known !== undefined) return known;
    const payload = render();
    const characters = ENTRY_CHARACTERS + payload.characters; // guard: rendered-entry-cost
    this.#characters += characters;
    if (this.#characters > this.#charactersMax) {
      this.#byMessage = new WeakMap();
      this.#characters = characters;
    }
    const payloads = this.#byMessage.get(message) ?? new Map<string, Payload>();
    this.#byMessage.set(message, payloads.set(operation, payload));
    return payload;
  }
}
