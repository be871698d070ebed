import { describe, expect, it, vi } from 'vitest';
import type { SharedOperation } from '../../../src/graphql/engine/shared-operation.ts';
import type { Engine } from '../../../src/graphql/engine/engine.ts';
import { SharedSubscriptions } from '../../../src/fanout/shared-subscriptions.ts';
import type { Consumer } from '../../../src/fanout/subscriber.ts';
import type { LiveFeed } from '../../../src/seating/live/live-feed.ts';
import { SeatSource } from '../../../src/seating/live/seat-updates.ts';
import { silent } from '../../support/booking.ts';

const over = { done: true, value: undefined };
const operation = { key: 'one' } as SharedOperation;

function start() {
  const shared = new SharedSubscriptions({ logger: silent } as Engine, { nowMs: Date.now });
  const feed = {
    version: 1,
    snapshot: () => ({ kind: 'snapshot', version: 1, states: '' }),
    subscribe: () => () => undefined,
  } as unknown as LiveFeed;
  const release = vi.fn<() => void>();
  const source = new SeatSource({ feed, afterVersion: null, changesUntil: async () => null, release });
  const consumer: Consumer = { send: () => true, onDrain: () => undefined, fail: () => undefined };
  return { shared, source, consumer, release };
}

describe('a shared subscription', () => {
  it('joins its channel with the first call of next, and leaves it once', async () => {
    const { shared, source, consumer, release } = start();
    // Rendering fails here, which ends the consumer and does not matter to this test.
    const iterator = shared.subscribe(operation, source, consumer)?.[Symbol.asyncIterator]();
    expect(shared.channels).toBe(0);
    const pending = iterator?.next();
    expect(shared.channels).toBe(1);
    await iterator?.return?.();
    await iterator?.return?.();
    expect(await pending).toEqual(over);
    expect(await iterator?.next()).toEqual(over);
    expect(shared.channels).toBe(0);
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('releases its source once if it ends before it has joined', async () => {
    const { shared, source, consumer, release } = start();
    const iterator = shared.subscribe(operation, source, consumer)?.[Symbol.asyncIterator]();
    await iterator?.return?.();
    await iterator?.return?.();
    expect(await iterator?.next()).toEqual(over);
    expect([shared.channels, release.mock.calls.length]).toEqual([0, 1]);
  });

  it('releases its source if it cannot join', async () => {
    const { shared, source, consumer, release } = start();
    const iterator = shared.subscribe(operation, source, consumer)?.[Symbol.asyncIterator]();
    Object.assign(source.feed, {
      snapshot() {
        throw new Error('no map');
      },
    });
    expect(() => iterator?.next()).toThrow('no map');
    expect(release).toHaveBeenCalledTimes(1);
    expect(await iterator?.next()).toEqual(over);
  });

  it('is not possible with another source', () => {
    const { shared, consumer } = start();
    const other = { [Symbol.asyncIterator]: () => ({ next: async () => over }) } as AsyncIterable<unknown>;
    expect(shared.subscribe(operation, other, consumer)).toBeNull();
  });
});

describe('a source of seats that is served alone', () => {
  it('is released once if it ends before its first message, and yields nothing then', async () => {
    const { source, release } = start();
    const iterator = source[Symbol.asyncIterator]();
    await iterator.return?.();
    await iterator.return?.();
    expect(await iterator.next()).toEqual(over);
    expect(release).toHaveBeenCalledTimes(1);
  });
});
