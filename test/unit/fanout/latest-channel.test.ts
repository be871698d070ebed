import { expect, it } from 'vitest';
import { LatestChannel } from '../../../src/fanout/latest-channel.ts';
import { Payload } from '../../../src/fanout/payload.ts';
import type { Consumer } from '../../../src/fanout/subscriber.ts';
import type { SharedOperation } from '../../../src/graphql/engine/shared-operation.ts';
import { LatestValue } from '../../../src/platform/latest-value.ts';
import { silent } from '../../support/booking.ts';

const operation = { key: 'k' } as SharedOperation;
const payloads = { get: (message: object) => new Payload(JSON.stringify(message)) };

class TestConsumer implements Consumer {
  readonly sent: string[] = [];
  attempts = 0;
  isFull = false;
  failed = false;
  #drain: () => void = () => undefined;

  send(payload: Payload): boolean {
    this.attempts++;
    if (!this.isFull) this.sent.push(payload.tail.toString());
    return !this.isFull;
  }

  onDrain(then: () => void): void {
    this.#drain = then;
  }

  fail(): void {
    this.failed = true;
  }

  drain(): void {
    this.isFull = false;
    this.#drain();
  }
}

it('sends the current state first, then each new one', () => {
  const value = new LatestValue<object>({ n: 1 });
  const consumer = new TestConsumer();
  const leave = new LatestChannel(value, { logger: silent, payloads }, () => undefined).join(
    consumer,
    operation,
  );
  value.set({ n: 2 });
  leave();
  value.set({ n: 3 });
  expect(consumer.sent).toEqual(['{"n":1}}', '{"n":2}}']);
});

it('skips a slow consumer until it has drained, and then sends it only the latest state', () => {
  const value = new LatestValue<object>({ n: 1 });
  const consumer = new TestConsumer();
  new LatestChannel(value, { logger: silent, payloads }, () => undefined).join(consumer, operation);
  consumer.isFull = true;
  for (const n of [2, 3, 4]) value.set({ n });
  expect(consumer.attempts).toBe(2);
  consumer.drain();
  expect(consumer.sent).toEqual(['{"n":1}}', '{"n":4}}']);
});

it('ends with its last subscriber, and listens no longer', () => {
  const value = new LatestValue<object>({ n: 1 });
  let ended = 0;
  const channel = new LatestChannel(value, { logger: silent, payloads }, () => ended++);
  const leaves = [channel.join(new TestConsumer(), operation), channel.join(new TestConsumer(), operation)];
  for (const leave of leaves) leave();
  expect(ended).toBe(1);
  expect(value.hasListeners).toBe(false);
});

it('closes a consumer that cannot be served, and goes on with the others', () => {
  const value = new LatestValue<object>({ n: 1 });
  const [bad, good] = [new TestConsumer(), new TestConsumer()];
  const channel = new LatestChannel(value, { logger: silent, payloads }, () => undefined);
  channel.join(bad, operation);
  channel.join(good, operation);
  bad.send = () => {
    throw new Error('broken');
  };
  value.set({ n: 2 });
  expect([bad.failed, good.failed]).toEqual([true, false]);
  expect(good.sent).toHaveLength(2);
});
