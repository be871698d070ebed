import { Cache } from '../platform/cache.ts';
import type { FeedMessage } from '../seating/live/feed-message.ts';
import type { Payload } from './payload.ts';

/** Estimated memory of an entry besides its text, in characters: its keys, its maps and the payload object. */
const ENTRY_CHARACTERS = 500;

type PayloadsByOperation = Map<string, { readonly id: number; readonly payload: Payload }>;

interface Entry {
  /** Weak, so that payloads are freed with their message. */
  readonly payloads: WeakRef<PayloadsByOperation>;
  readonly operation: string;
  readonly characters: number;
}

/**
 * Caches payloads by message and operation for as long as the message is in use, which on a quiet event is long. Clients
 * can invent any number of operations, so the total size is limited too: the least recently used payloads are evicted, and
 * rendered again on demand. `operation` is a hash: no client chooses its length.
 */
export class PayloadCache {
  readonly #byMessage = new WeakMap<FeedMessage, PayloadsByOperation>();
  readonly #entries: Cache<number, Entry>;
  readonly #charactersMax: number;
  #lastId = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
    this.#entries = new Cache({
      sizeMax: charactersMax,
      getSize: ({ characters }) => characters,
      onRemoved: ({ payloads, operation }) => payloads.deref()?.delete(operation),
    });
  }

  get(message: FeedMessage, operation: string, render: () => Payload): Payload {
    const cached = this.#byMessage.get(message)?.get(operation);
    if (cached !== undefined) {
      this.#entries.get(cached.id); // Marks it as used.
      return cached.payload;
    }
    const payload = render();
    const payloads: PayloadsByOperation = this.#byMessage.get(message) ?? new Map();
    const id = ++this.#lastId;
    this.#byMessage.set(message, payloads.set(operation, { id, payload }));
    const characters = ENTRY_CHARACTERS + payload.characters; // guard: rendered-entry-cost
    // A payload that exceeds the limit by itself replaces all others.
    const size = Math.min(characters, this.#charactersMax);
    this.#entries.set(id, { payloads: new WeakRef(payloads), operation, characters: size });
    return payload;
  }
}
