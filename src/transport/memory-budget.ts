import type { DocumentNode } from 'graphql';
import { metrics } from '../platform/observability/metrics.ts';
import { toAddressKey } from '../http/request-context.ts';
import type { Kept } from '../graphql/engine/operation.ts';
import { RequestError } from '../platform/request-error.ts';

interface MemoryLimits {
  readonly addressBytesMax: number;
  readonly processBytesMax: number;
}

interface AddressEntry {
  readonly account: MemoryAccount;
  users: number;
}

/**
 * Limits the memory that is kept for clients: per socket, per address and per process. New work that would exceed a limit
 * is refused; running work continues.
 */
export class MemoryBudget {
  readonly #limits: MemoryLimits;
  readonly #addresses = new Map<string, AddressEntry>();
  readonly #process: MemoryAccount;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
    this.#process = new MemoryAccount(limits.processBytesMax);
  }

  /** Estimated memory of all clients. */
  get bytes(): number {
    return this.#process.bytes;
  }

  get addresses(): number {
    return this.#addresses.size;
  }

  /**
   * Reserves memory. Returns a function that releases it.
   *
   * @throws {RequestError} RATE_LIMITED: with status 429 if the socket or the address has too much, 503 if the process has.
   */
  reserve(address: string, kept: Kept, socket: MemoryAccount | null = null): () => void {
    const key = toAddressKey(address);
    const entry = this.#getEntry(key);
    if (socket?.hasRoomFor(kept) === false) throw memoryError('connection', 429); // guard: memory-per-socket
    if (!entry.account.hasRoomFor(kept)) throw memoryError('address', 429); // guard: memory-per-address
    if (!this.#process.hasRoomFor(kept)) throw memoryError('server', 503); // guard: memory-of-process
    return this.#count(key, entry, kept, [
      entry.account,
      this.#process,
      ...(socket === null ? [] : [socket]),
    ]);
  }

  /** Counts memory that is in use already, even beyond the limits. Returns a function that releases it. */
  add(address: string, ownBytes: number): () => void {
    const key = toAddressKey(address);
    const entry = this.#getEntry(key);
    const kept: Kept = { document: null, documentBytes: 0, ownBytes };
    return this.#count(key, entry, kept, [entry.account, this.#process]);
  }

  #getEntry(key: string): AddressEntry {
    return this.#addresses.get(key) ?? { account: new MemoryAccount(this.#limits.addressBytesMax), users: 0 };
  }

  #count(key: string, entry: AddressEntry, kept: Kept, accounts: readonly MemoryAccount[]): () => void {
    for (const account of accounts) account.add(kept);
    metrics.clientMemoryBytes.set(this.#process.bytes);
    entry.users++;
    this.#addresses.set(key, entry);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const account of accounts) account.remove(kept);
      metrics.clientMemoryBytes.set(this.#process.bytes);
      if (--entry.users === 0) this.#addresses.delete(key);
    };
  }
}

function memoryError(owner: string, status: number): RequestError {
  return new RequestError(
    status,
    'RATE_LIMITED',
    `The operations of this ${owner} use too much memory. End some of them, or retry later.`,
    10,
  );
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
