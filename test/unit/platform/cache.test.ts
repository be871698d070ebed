import { expect, it, vi } from 'vitest';
import { Cache } from '../../../src/platform/cache.ts';
import { SingleFlight } from '../../../src/platform/single-flight.ts';

const findKept = <V extends object | string | true>(cache: Cache<string, V>, keys: string) =>
  keys
    .split('')
    .filter((key) => cache.has(key))
    .join('');

it('evicts the least recently used entry beyond a number of entries', () => {
  const cache = new Cache<string, true>({ entriesMax: 3 });
  for (const key of 'abc') cache.set(key, true);
  cache.get('a');
  cache.set('d', true);
  expect(findKept(cache, 'abcd')).toBe('acd');
});

it('evicts the least recently used entries beyond a total size', () => {
  const cache = new Cache<string, string>({ sizeMax: 10, getSize: (value) => value.length });
  cache.set('a', '1234');
  cache.set('b', '1234');
  cache.set('c', '12345');
  expect([findKept(cache, 'abc'), cache.size]).toEqual(['bc', 9]);
  cache.set('b', '12345');
  cache.set('c', '');
  expect(findKept(cache, 'abc')).toBe('bc');
});

it('does not store a value larger than the total size, and forgets its predecessor', () => {
  const cache = new Cache<string, string>({ sizeMax: 3, getSize: (value) => value.length });
  cache.set('a', '12');
  cache.set('b', '1234');
  expect(findKept(cache, 'ab')).toBe('a');
  cache.set('a', '1234');
  expect(findKept(cache, 'ab')).toBe('');
  expect(new Cache<string, string>({ sizeMax: 0, getSize: () => 1 }).get('a')).toBeUndefined();
});

it('forgets entries after their TTL', () => {
  vi.useFakeTimers();
  try {
    vi.advanceTimersByTime(1_000);
    const cache = new Cache<string, true>({ entriesMax: 3, ttlMs: 100 });
    cache.set('a', true);
    vi.advanceTimersByTime(99);
    expect(findKept(cache, 'a')).toBe('a');
    vi.advanceTimersByTime(2);
    expect([cache.has('a'), cache.get('a')]).toEqual([false, undefined]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('reports every value that leaves', () => {
  const removed: string[] = [];
  const cache = new Cache<string, string>({ entriesMax: 1, onRemoved: (value) => removed.push(value) });
  cache.set('a', 'evicted');
  cache.set('b', 'replaced');
  cache.set('b', 'deleted');
  cache.delete('b');
  expect(removed).toEqual(['evicted', 'replaced', 'deleted']);
});

it('shares work in progress by key, and starts new work afterwards', async () => {
  const flights = new SingleFlight<string, number>();
  const work = Promise.withResolvers<number>();
  const start = vi.fn<() => Promise<number>>(() => work.promise);
  const [first, second] = [flights.run('a', start), flights.run('a', start)];
  const other = flights.run('b', () => Promise.resolve(2));
  expect([second === first, flights.has('a'), start.mock.calls.length]).toEqual([true, true, 1]);
  expect(await other).toBe(2);
  work.resolve(1);
  // The work is forgotten before its waiters continue.
  expect([await first, flights.has('a')]).toEqual([1, false]);
  await expect(flights.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await flights.run('a', () => Promise.resolve(3))).toBe(3);
  await flights.idle();
});
