import type { DocumentNode } from 'graphql';
import { estimateDocumentBytes } from './kept-memory.ts';

export interface DocumentCacheLimits {
  readonly entriesMax: number;
  /** Estimated memory of all documents with their texts. */
  readonly bytesMax: number;
}

interface Entry {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/**
 * Keeps parsed documents by their text; the least recently used is forgotten first. Bounded by the memory that they
 * take: a short text of many tokens takes hundreds of times its length.
 */
export class DocumentCache {
  readonly #limits: DocumentCacheLimits;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limits: DocumentCacheLimits) {
    this.#limits = limits;
  }

  /** Estimated memory of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get(text: string): DocumentNode | undefined {
    const entry = this.#entries.get(text);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to its end.
    this.#entries.delete(text);
    this.#entries.set(text, entry);
    return entry.document;
  }

  set(text: string, document: DocumentNode): void {
    this.delete(text);
    const bytes = estimateDocumentBytes(document, text);
    this.#entries.set(text, { document, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      // guard: document-cache-bytes
      if (this.#entries.size <= this.#limits.entriesMax && this.#bytes <= this.#limits.bytesMax) break;
      this.delete(oldest);
    }
  }

  /** Forgets a document: one that is refused must not take the place of one that is used. */
  delete(text: string): void {
    const entry = this.#entries.get(text);
    if (entry === undefined) return;
    this.#entries.delete(text);
    this.#bytes -= entry.bytes;
  }
}
