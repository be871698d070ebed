import { metrics } from '../platform/observability/metrics.ts';
import { countedAs } from '../http/client-address.ts';
import { MemoryAccount, type Kept } from '../graphql/engine/kept-memory.ts';
import { RequestError } from '../platform/request-error.ts';

export interface MemoryLimits {
  readonly addressBytesMax: number;
  readonly processBytesMax: number;
}

interface AddressEntry {
  readonly account: MemoryAccount;
  users: number;
}

/**
 * Bounds the memory that is kept for clients: for each socket, each address, and all of them together. New work that
 * would exceed a limit is refused; what runs already goes on.
 */
export class MemoryBudget {
  readonly #limits: MemoryLimits;
  readonly #addresses = new Map<string, AddressEntry>();
  readonly #process: MemoryAccount;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
    this.#process = new MemoryAccount(limits.processBytesMax);
  }

  /** Estimated bytes that are kept for all clients. */
  get bytes(): number {
    return this.#process.bytes;
  }

  get addresses(): number {
    return this.#addresses.size;
  }

  /**
   * Counts what is kept, and returns a function that ends the count.
   *
   * @throws {RequestError} RATE_LIMITED: status 429 if the socket or the address has too much, 503 if the process has.
   */
  take(address: string, kept: Kept, socket: MemoryAccount | null = null): () => void {
    const key = countedAs(address);
    const entry = this.#entryOf(key);
    if (socket?.hasRoomFor(kept) === false) throw tooMuch('connection', 429); // guard: memory-per-socket
    if (!entry.account.hasRoomFor(kept)) throw tooMuch('address', 429); // guard: memory-per-address
    if (!this.#process.hasRoomFor(kept)) throw tooMuch('server', 503); // guard: memory-of-process
    return this.#count(key, entry, kept, [
      entry.account,
      this.#process,
      ...(socket === null ? [] : [socket]),
    ]);
  }

  /** Counts what is there already, limit or not: work that comes after it is refused. Returns what ends the count. */
  add(address: string, ownBytes: number): () => void {
    const key = countedAs(address);
    const entry = this.#entryOf(key);
    const kept: Kept = { document: null, documentBytes: 0, ownBytes };
    return this.#count(key, entry, kept, [entry.account, this.#process]);
  }

  #entryOf(key: string): AddressEntry {
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

function tooMuch(whose: string, status: number): RequestError {
  return new RequestError(
    status,
    'RATE_LIMITED',
    `The operations of this ${whose} use too much memory. End some of them, or retry later.`,
    10,
  );
}
