import { expect, it, vi } from 'vitest';
import { Payload, PayloadCache } from '../../../src/fanout/payload.ts';
import type { Engine } from '../../../src/graphql/engine/engine.ts';
import type { SharedOperation } from '../../../src/graphql/engine/shared-operation.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';

const message = (version: number): FeedMessage => ({ kind: 'snapshot', version, states: '' });
const engine = {} as Engine;
const operation = (key: string) => ({ key }) as SharedOperation;
const render = vi.fn<() => Payload>(() => new Payload('x'.repeat(100)));

it('renders a message once per operation, if there is room', () => {
  render.mockClear();
  const payloads = new PayloadCache(engine, 10_000, render);
  const [first, second] = [message(1), message(2)];
  const payload = payloads.get(first, operation('one'));
  for (let i = 0; i < 3; i++) expect(payloads.get(first, operation('one'))).toBe(payload);
  expect(payloads.get(first, operation('two'))).not.toBe(payload);
  expect(payloads.get(second, operation('one'))).not.toBe(payload);
  expect(render).toHaveBeenCalledTimes(3);
});

it('stays within its limit for any number of operations', () => {
  render.mockClear();
  const payloads = new PayloadCache(engine, 10_000, render);
  const only = message(1);
  for (let i = 0; i < 5_000; i++) payloads.get(only, operation(String(i)));
  // Requests the latest payloads first: each miss may evict others.
  render.mockClear();
  for (let i = 4_999; i >= 0; i--) payloads.get(only, operation(String(i)));
  expect(5_000 - render.mock.calls.length).toBeLessThanOrEqual(100);
});

it('counts the size of an entry even if its payload is empty', () => {
  const only = message(1);
  const empty = vi.fn<() => Payload>(() => new Payload(''));
  const payloads = new PayloadCache(engine, 10_000, empty);
  for (let i = 0; i < 1_000; i++) payloads.get(only, operation(String(i)));
  empty.mockClear();
  for (let i = 999; i >= 0; i--) payloads.get(only, operation(String(i)));
  expect(1_000 - empty.mock.calls.length).toBeLessThanOrEqual(20);
});
