import type { DocumentNode } from 'graphql';
import { keptLimits } from './limits.ts';

/** The memory that an operation keeps until it ends. */
export interface Kept {
  /** The document, or null if there is none. Operations with the same text share it, so it is counted once. */
  readonly document: DocumentNode | null;
  readonly documentBytes: number;
  /** The memory of everything else, mainly the variables. */
  readonly ownBytes: number;
}

/** An account of estimated memory with a maximum, for a socket, an IP address, or the process. */
export class MemoryAccount {
  readonly #max: number;
  readonly #documents = new Map<DocumentNode, { holders: number; readonly bytes: number }>();
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hasRoomFor({ document, documentBytes, ownBytes }: Kept): boolean {
    const isNew = document !== null && !this.#documents.has(document);
    return this.#bytes + ownBytes + (isNew ? documentBytes : 0) <= this.#max;
  }

  add({ document, documentBytes, ownBytes }: Kept): void {
    this.#bytes += ownBytes;
    if (document === null) return;
    const held = this.#documents.get(document);
    if (held !== undefined) {
      held.holders++;
      return;
    }
    this.#documents.set(document, { holders: 1, bytes: documentBytes });
    this.#bytes += documentBytes;
  }

  remove({ document, ownBytes }: Kept): void {
    this.#bytes -= ownBytes;
    const held = document === null ? undefined : this.#documents.get(document);
    if (document === null || held === undefined || --held.holders > 0) return;
    this.#documents.delete(document);
    this.#bytes -= held.bytes;
  }
}

/**
 * Estimates the memory of a value parsed from JSON. The length of the text is a poor estimate: `{}` has two characters and
 * takes over sixty bytes.
 */
export function estimateBytes(root: unknown): number {
  let bytes = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') bytes += 24 + 2 * value.length;
    else if (typeof value !== 'object' || value === null) bytes += 16;
    else if (Array.isArray(value)) {
      bytes += 32 + 8 * value.length;
      for (const item of value as unknown[]) pending.push(item);
    } else {
      const entries = Object.entries(value);
      bytes += 64;
      for (const [name, part] of entries) {
        bytes += 32 + 2 * name.length;
        pending.push(part);
      }
    }
  }
  return bytes;
}

/** Estimates the memory of a parsed document, including its text. */
export function estimateDocumentBytes(document: DocumentNode, text: string): number {
  const tokens = 'tokenCount' in document ? Number(document.tokenCount) : text.length / 2;
  return Math.ceil(tokens * keptLimits.bytesPerToken) + 2 * text.length;
}
