/** What is kept, for all documents together. */
export interface DocumentCacheLimits {
  readonly entriesMax: number;
  /** Of the documents' texts: what is kept of each is some dozen times as long. */
  readonly charactersMax: number;
}

/**
 * What came of parsing documents, the least recently used forgotten first. Bounded in text too: a document within the
 * limit on tokens may still have a comment of a mebibyte in it.
 */
export class DocumentCache<T> {
  readonly #limits: DocumentCacheLimits;
  readonly #entries = new Map<string, T>();
  #characters = 0;

  constructor(limits: DocumentCacheLimits) {
    this.#limits = limits;
  }

  get(text: string): T | undefined {
    const value = this.#entries.get(text);
    if (value === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to its end.
    this.#entries.delete(text);
    this.#entries.set(text, value);
    return value;
  }

  set(text: string, value: T): void {
    const { entriesMax, charactersMax } = this.#limits;
    if (text.length > charactersMax / 16) return;
    if (!this.#entries.delete(text)) this.#characters += text.length;
    this.#entries.set(text, value);
    while (this.#entries.size > entriesMax || this.#characters > charactersMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest === undefined) return;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
