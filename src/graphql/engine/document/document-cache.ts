import type { DocumentNode } from 'graphql';
import { Cache } from '../../../platform/cache.ts';
import { metrics } from '../../../platform/observability/metrics.ts';
import { estimateDocumentBytes } from '../kept-memory.ts';

export interface DocumentCacheLimits {
  readonly entriesMax: number;
  /** Maximum estimated memory of all documents with their texts. */
  readonly bytesMax: number;
}

interface Entry {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/**
 * A cache of parsed documents by text, which removes the least recently used first. It is bounded by estimated memory,
 * because a short text with many tokens takes hundreds of times its length.
 */
export class DocumentCache {
  readonly #entries: Cache<string, Entry>;

  constructor({ entriesMax, bytesMax }: DocumentCacheLimits) {
    // guard: document-cache-bytes
    this.#entries = new Cache({ entriesMax, sizeMax: bytesMax, getSize: ({ bytes }) => bytes });
  }

  /** Estimated memory of the cached documents. */
  get bytes(): number {
    return this.#entries.size;
  }

  get(text: string): DocumentNode | undefined {
    const document = this.#entries.get(text)?.document;
    metrics.cacheRequests.inc({ cache: 'document', result: document === undefined ? 'miss' : 'hit' });
    return document;
  }

  set(text: string, document: DocumentNode): void {
    this.#entries.set(text, { document, bytes: estimateDocumentBytes(document, text) });
  }

  /** Removes a document. A rejected document must not displace one that is used. */
  delete(text: string): void {
    this.#entries.delete(text);
  }
}
