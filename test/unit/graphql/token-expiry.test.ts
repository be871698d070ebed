import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilTokenEnds, type OnRevoked } from '../../../src/graphql/engine/token-expiry.ts';
import { silent } from '../../support/booking.ts';

const DAY_MS = 24 * 3600 * 1000;

/** A subscription whose messages are sent by the test. */
class Source {
  ended = 0;
  #waiting: ((result: IteratorResult<{ data: { n: number } }>) => void) | undefined;

  send(n: number): void {
    this.#waiting?.({ done: false, value: { data: { n } } });
  }

  close(): void {
    this.#waiting?.({ done: true, value: undefined });
  }

  [Symbol.asyncIterator]() {
    return {
      next: () =>
        new Promise<IteratorResult<{ data: { n: number } }>>((resolve) => (this.#waiting = resolve)),
      return: () => {
        this.ended++;
        this.close();
        return Promise.resolve({ done: true as const, value: undefined });
      },
    };
  }
}

const never: OnRevoked = () => () => undefined;

const until = (source: Source, expiresAtMs: number, onRevoked = never) =>
  untilTokenEnds(source, { userId: 'buyer', role: 'BUYER', expiresAtMs }, onRevoked, silent);

const expired = {
  done: false,
  value: { errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } }) as object] },
};
const over = { done: true, value: undefined };

describe('a private subscription', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('delivers messages until the token expires, then an error, then ends', async () => {
    const source = new Source();
    const results = until(source, Date.now() + 1_000);
    const first = results.next();
    source.send(1);
    expect(await first).toEqual({ done: false, value: { data: { n: 1 } } });
    const second = results.next();
    vi.advanceTimersByTime(999);
    expect(source.ended).toBe(0);
    vi.advanceTimersByTime(1);
    expect(await second).toEqual(expired);
    expect(source.ended).toBe(1);
    expect(await results.next()).toEqual(over);
    expect(source.ended).toBe(1);
  });

  it('ends even if no message is awaited when the token expires', async () => {
    const source = new Source();
    const results = until(source, Date.now() + 1_000);
    vi.advanceTimersByTime(5_000);
    expect([await results.next(), await results.next()]).toEqual([expired, over]);
    expect(source.ended).toBe(1);
  });

  it('lasts as long as a token that is valid for longer than the maximum delay of a timer', async () => {
    const source = new Source();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const results = until(source, Date.now() + 90 * DAY_MS);
    const first = results.next();
    vi.advanceTimersByTime(1_000);
    // Node reduces a longer delay to one millisecond.
    expect(timers).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(90 * DAY_MS - 1_001);
    source.send(1);
    expect(await first).toEqual({ done: false, value: { data: { n: 1 } } });
    const second = results.next();
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toEqual(expired);
  });

  it('ends with an error when the token is revoked, and watches it no longer', async () => {
    const source = new Source();
    const watches = new Set<() => void>();
    const results = until(source, Date.now() + 1_000, (_viewer, then) => {
      watches.add(then);
      return () => watches.delete(then);
    });
    const first = results.next();
    for (const then of watches) then();
    expect(await first).toEqual(expired);
    expect(await results.next()).toEqual(over);
    expect([source.ended, watches.size, vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it('ends at once if the token has been revoked already', async () => {
    const source = new Source();
    const results = until(source, Date.now() + 1_000, (_viewer, then) => {
      then();
      return () => undefined;
    });
    expect([await results.next(), await results.next()]).toEqual([expired, over]);
    expect(source.ended).toBe(1);
  });

  it('leaves no timer when it ends or is ended', async () => {
    const sources = [new Source(), new Source()];
    const [alone, left] = sources.map((source) => until(source, Date.now() + 1_000));
    const end = alone?.next();
    sources[0]?.close();
    expect(await end).toEqual(over);
    await left?.return?.();
    expect(sources[1]?.ended).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
