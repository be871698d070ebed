import { expect, it, vi } from 'vitest';
import { Payload } from '../../../src/fanout/payload.ts';
import { PayloadCache } from '../../../src/fanout/payload-cache.ts';
import type { FeedMessage } from '../../../src/seating/live/feed-message.ts';

const message = (version: number): FeedMessage => ({ kind: 'snapshot', version, states: '' });
const render = vi.fn<() => Payload>(() => new Payload('x'.repeat(100)));

it('renders a message once per operation, if there is room', () => {
  render.mockClear();
  const payloads = new PayloadCache(10_000);
  const [first, second] = [message(1), message(2)];
  const payload = payloads.get(first, 'one', render);
  for (let i = 0; i < 3; i++) expect(payloads.get(first, 'one', render)).toBe(payload);
  expect(payloads.get(first, 'two', render)).not.toBe(payload);
  expect(payloads.get(second, 'one', render)).not.toBe(payload);
  expect(render).toHaveBeenCalledTimes(3);
});

it('stays within its limit for any number of operations', () => {
  render.mockClear();
  const payloads = new PayloadCache(10_000);
  const only = message(1);
  for (let i = 0; i < 5_000; i++) payloads.get(only, String(i), render);
  // Requests the latest payloads first: each miss may evict others.
  render.mockClear();
  for (let i = 4_999; i >= 0; i--) payloads.get(only, String(i), render);
  expect(5_000 - render.mock.calls.length).toBeLessThanOrEqual(100);
});

it('counts the size of an entry even if its payload is empty', () => {
  const payloads = new PayloadCache(10_000);
  const only = message(1);
  const empty = vi.fn<() => Payload>(() => new Payload(''));
  for (let i = 0; i < 1_000; i++) payloads.get(only, String(i), empty);
  empty.mockClear();
  for (let i = 999; i >= 0; i--) payloads.get(only, String(i), empty);
  expect(1_000 - empty.mock.calls.length).toBeLessThanOrEqual(20);
});
