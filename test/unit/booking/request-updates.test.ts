import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HoldRequestState, RequestReads } from '../../../src/booking/requests/read-requests.ts';
import { RequestUpdates, type RequestUpdate } from '../../../src/booking/requests/request-updates.ts';
import type { RequestsSettled } from '../../../src/messaging/messages.ts';

const SECOND_MS = 1_000;

function queued(requestId: string, ahead: number): HoldRequestState {
  const owner = { buyerId: 'ada', inputHash: 'hash' };
  return { eventId: 1, requestId, ...owner, state: { status: 'QUEUED', ahead } };
}

const expired = (requestId: string): HoldRequestState => ({
  ...queued(requestId, 0),
  state: { status: 'EXPIRED' },
});

/** Updates whose reads return what a test sets, and are counted. */
function createUpdates(readEachTimeMax?: number) {
  const states = new Map<string, HoldRequestState>();
  const reads: string[] = [];
  const subscribed = Promise.withResolvers<void>();
  let publish: (message: RequestsSettled) => void = () => undefined;
  const requestReads: Pick<RequestReads, 'read'> = {
    read: (_eventId, requestId) => {
      reads.push(requestId);
      return Promise.resolve(states.get(requestId) ?? null);
    },
  };
  const subscriber = {
    subscribeRequestsSettled: (_eventId: number, listener: typeof publish) => {
      publish = listener;
      return { ready: subscribed.promise, close: () => undefined };
    },
  };
  const updates = new RequestUpdates({ requestReads, subscriber }, readEachTimeMax);
  return {
    states,
    reads,
    subscribed,
    settle: (requestId: string) => publish({ eventId: 1, requestIds: [requestId] }),
    /** Subscribes, and reads on without end. */
    watch: (requestId: string) => {
      const received: unknown[] = [];
      const first = queued(requestId, 9);
      if (!states.has(requestId)) states.set(requestId, first);
      const stream = updates.subscribe(first);
      void (async () => {
        for await (const update of stream) received.push(describeUpdate(update));
      })();
      return received;
    },
  };
}

function describeUpdate(update: RequestUpdate): unknown {
  if ('failure' in update) return update.failure;
  const { state } = update.request;
  return state.status === 'QUEUED' ? state.ahead : state.status;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets everything happen that waits for no timer. */
const settleDown = () => vi.advanceTimersByTimeAsync(0);

describe('updates of hold requests', () => {
  it('read a request as soon as it is watched: it may be settled already', async () => {
    const { states, subscribed, watch } = createUpdates();
    const received = watch('a');
    states.set('a', expired('a'));
    await settleDown();
    expect(received).toEqual([9]);
    subscribed.resolve();
    await settleDown();
    expect(received).toEqual([9, 'EXPIRED']);
  });

  it('send an outcome at once, and a new place once per second', async () => {
    const { states, settle, watch } = createUpdates();
    const received = watch('a');
    states.set('a', queued('a', 7));
    settle('a');
    await settleDown();
    expect(received).toEqual([9]);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(received).toEqual([9, 7]);
    states.set('a', expired('a'));
    settle('a');
    await settleDown();
    expect(received).toEqual([9, 7, 'EXPIRED']);
  });

  it('take turns if many requests are watched', async () => {
    const { reads, watch } = createUpdates(2);
    for (const requestId of ['a', 'b', 'c']) watch(requestId);
    await settleDown();
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(reads).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(reads).toEqual(['a', 'b', 'c', 'a']);
  });
});
