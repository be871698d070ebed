import { LRUCache } from 'lru-cache';

/** Bounds of a cache: the number of entries, their total size, or both. */
export interface CacheLimits<V> {
  readonly entriesMax?: number;
  /** Maximum total of what `getSize` returns for the values. A single value above it is not stored. */
  readonly sizeMax?: number;
  readonly getSize?: (value: V) => number;
  /** Time after which an entry counts as absent. Default: never. */
  readonly ttlMs?: number;
  /** Called with each value that leaves the cache, for whatever reason. */
  readonly onRemoved?: (value: V) => void;
}

/** A bounded map. When it is full, the least recently used entry is evicted. */
export class Cache<K extends string | number, V extends object | string | true> {
  readonly #entries: LRUCache<K, V>;
  readonly #sizeMax: number;
  readonly #getSize: (value: V) => number;

  constructor({ entriesMax, sizeMax = Infinity, getSize, ttlMs, onRemoved }: CacheLimits<V>) {
    this.#sizeMax = sizeMax;
    this.#getSize = getSize ?? (() => 0);
    this.#entries = new LRUCache<K, V>({
      max: entriesMax ?? 0,
      ...(sizeMax !== Infinity && { maxSize: Math.max(1, sizeMax) }),
      // By default lru-cache caches the time with a timer, and ignores fake timers.
      ...(ttlMs !== undefined && { ttl: ttlMs, ttlResolution: 0, perf: { now: () => performance.now() } }),
      ...(onRemoved !== undefined && { dispose: onRemoved }),
    });
  }

  /** Total size of the values. */
  get size(): number {
    return this.#entries.calculatedSize;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Returns the value and marks it as the most recently used. */
  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    const size = this.#getSize(value);
    if (size > this.#sizeMax) this.#entries.delete(key);
    else if (this.#sizeMax === Infinity) this.#entries.set(key, value);
    else this.#entries.set(key, value, { size: Math.max(1, size) });
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
