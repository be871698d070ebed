import type { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeepAlive } from '../../../src/transport/websocket/keep-alive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(keepAlive = new KeepAlive({ everyMs: 12_000, pongTimeoutMs: 30_000 })) {
  const ping = vi.fn<() => void>();
  const terminate = vi.fn<() => void>();
  const consumer = { isFull: false };
  const peer = keepAlive.add({ OPEN: 1, readyState: 1, ping, terminate } as unknown as WebSocket, consumer);
  return { keepAlive, peer, ping, terminate, consumer };
}

it('sends pings, and terminates a socket that does not answer in time', () => {
  const { keepAlive, peer, ping, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(12_000);
    peer.onPong();
  }
  expect(ping).toHaveBeenCalledTimes(5);
  // The next ping is sent after 12 s. Its timeout of 30 s starts then.
  vi.advanceTimersByTime(12_000 + 29_999);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(terminate).toHaveBeenCalledTimes(1);
  keepAlive.remove(peer);
  keepAlive.remove(peer);
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps a socket that answers late but in time', () => {
  const { peer, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(30_000);
    peer.onPong();
  }
  expect(terminate).not.toHaveBeenCalled();
});

it('keeps a slow consumer, and starts a full timeout when it has caught up', () => {
  const { ping, terminate, consumer } = start();
  vi.advanceTimersByTime(36_000);
  consumer.isFull = true;
  vi.advanceTimersByTime(600_000);
  consumer.isFull = false;
  expect(ping).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(36_000);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(terminate).toHaveBeenCalledTimes(1);
});

it('pings sockets that were opened at different times at different times, each after a whole interval', () => {
  const first = start();
  vi.advanceTimersByTime(6_000);
  const second = start(first.keepAlive);
  vi.advanceTimersByTime(6_000);
  expect([first.ping.mock.calls.length, second.ping.mock.calls.length]).toEqual([1, 0]);
  vi.advanceTimersByTime(6_000);
  expect([first.ping.mock.calls.length, second.ping.mock.calls.length]).toEqual([1, 1]);
  first.keepAlive.remove(first.peer);
  vi.advanceTimersByTime(12_000);
  expect([first.ping.mock.calls.length, second.ping.mock.calls.length]).toEqual([1, 2]);
});
