import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { follow, type Update } from '../../../src/web/shop/api/follow.ts';

type Result = { readonly data?: string; readonly error?: never; readonly hasNext: boolean };

/** Subscriptions to a server that the test plays. */
function start() {
  const running = new Set<(result: Result) => void>();
  const updates: Update<string>[] = [];
  let opened = 0;
  const open = () => ({
    subscribe(onResult: (result: Result) => void) {
      opened++;
      running.add(onResult);
      return { unsubscribe: () => void running.delete(onResult) };
    },
  });
  const following = follow(open, (update) => updates.push(update));
  return {
    following,
    updates,
    send: (result: Result) => running.forEach((onResult) => onResult(result)),
    counts: () => ({ opened, running: running.size }),
  };
}

/** Longer than any time until a subscription is started again. */
const LATER_MS = 10_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('a subscription that ends is started again', () => {
  const { send, counts, updates } = start();
  send({ data: 'one', hasNext: true });
  expect(counts()).toEqual({ opened: 1, running: 1 });
  send({ hasNext: false });
  vi.advanceTimersByTime(LATER_MS);
  expect(counts()).toEqual({ opened: 2, running: 1 });
  expect(updates.map(({ isOver }) => isOver)).toEqual([false, true]);
});

it('a refused subscription, which reports its error and then its end, is started again once', () => {
  const { send, counts } = start();
  const refused = { error: new Error('refused') as never, hasNext: true };
  send(refused);
  send({ hasNext: false });
  vi.advanceTimersByTime(LATER_MS);
  expect(counts()).toEqual({ opened: 2, running: 1 });
});

it('nothing is started again after the end', () => {
  const { send, counts, following } = start();
  send({ hasNext: false });
  send({ hasNext: false });
  following.stop();
  vi.advanceTimersByTime(LATER_MS);
  expect(counts()).toEqual({ opened: 1, running: 0 });
});

it('a subscription can be started again before it ends', () => {
  const { counts, following } = start();
  following.restart(1_000);
  expect(counts().running).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(counts()).toEqual({ opened: 2, running: 1 });
});
