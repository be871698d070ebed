import type { ExecutionResult } from 'graphql';
import { expect, it, vi } from 'vitest';
import type { Logger } from '../../../src/platform/observability/logger.ts';
import { Operations, type SocketOperation } from '../../../src/transport/websocket/operations.ts';
import { silent } from '../../support/booking.ts';

const over = { done: true, value: undefined } as const;

function start() {
  const info = vi.fn<(line: object) => void>();
  const operations = new Operations('192.0.2.7', silent, { info } as unknown as Logger);
  const open = (id: string): SocketOperation => {
    const operation = operations.open(id);
    if (operation === null) throw new Error(`${id} is in use`);
    return operation;
  };
  return { operations, open, info };
}

/** Results that never come. `isEnded` says whether they have been ended. */
function createResults() {
  const end = vi.fn<() => void>();
  const results: AsyncIterator<ExecutionResult> = {
    next: () => new Promise(() => undefined),
    return: () => {
      end();
      return Promise.resolve(over);
    },
  };
  return { results, end };
}

it('an ID is in use until either side completes its operation', () => {
  const { operations, open } = start();
  const first = open('x');
  expect(operations.open('x')).toBeNull();
  operations.cancel('x');
  const second = open('x');
  expect([first.isCompleted, second.isCompleted, operations.running]).toEqual([true, false, 2]);
  // The first one ends late, which does not free the ID of the second one.
  operations.finish(first);
  expect(operations.open('x')).toBeNull();
  expect(operations.complete(second)).toBe(true);
  expect(operations.complete(second)).toBe(false);
  operations.finish(second);
  open('x');
  expect(operations.running).toBe(1);
});

it('a canceled operation ends its results once, and runs until its work has ended', () => {
  const { operations, open, info } = start();
  const operation = open('x');
  const { results, end } = createResults();
  const release = vi.fn<() => void>();
  operation.release = release;
  operations.start(operation, results);
  operations.cancel('unknown');
  expect(end).not.toHaveBeenCalled();
  operations.cancel('x');
  operations.cancel('x');
  operations.end(operation);
  expect([end.mock.calls.length, release.mock.calls.length, operations.running]).toEqual([1, 0, 1]);
  operations.finish(operation);
  expect([release.mock.calls.length, info.mock.calls.length, operations.running]).toEqual([1, 1, 0]);
});

it('a shared subscription has ended when it is canceled', () => {
  const { operations, open, info } = start();
  const ends = ['a', 'b'].map((id) => {
    const operation = open(id);
    const { results, end } = createResults();
    operations.start(operation, results);
    operation.isShared = true;
    return end;
  });
  expect(operations.running).toBe(2);
  operations.cancelAll();
  expect(ends.map((end) => end.mock.calls.length)).toEqual([1, 1]);
  expect([operations.running, info.mock.calls.length]).toEqual([0, 2]);
  expect(info.mock.calls[0]?.[0]).toMatchObject({ network: '192.0.2.0/24', operation: 'invalid' });
});

it('waits for answers, not for subscriptions that have started', () => {
  const { operations, open } = start();
  const query = open('query');
  const subscription = open('subscription');
  const answered = vi.fn<() => void>();
  operations.onceAnswered(answered);
  operations.start(subscription, createResults().results);
  expect(answered).not.toHaveBeenCalled();
  operations.finish(query);
  expect(answered).toHaveBeenCalledTimes(1);
  operations.finish(subscription);
  expect(answered).toHaveBeenCalledTimes(1);
});
