import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAlive } from '../../../src/transport/websocket/keep-alive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const ping = vi.fn<() => void>();
  const terminate = vi.fn<() => void>();
  const socket = Object.assign(new EventEmitter(), { OPEN: 1, readyState: 1, ping, terminate });
  const consumer = { isSlow: false };
  keepAlive(
    socket as unknown as WebSocket,
    { everyMs: 12_000, pongTimeoutMs: 30_000 },
    () => consumer.isSlow,
  );
  return { socket, ping, terminate, consumer };
}

it('sends pings, and terminates a socket that does not answer in time', () => {
  const { socket, ping, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(12_000);
    socket.emit('pong');
  }
  expect(ping).toHaveBeenCalledTimes(5);
  // The next ping is sent after 12 s. Its timeout of 30 s starts then.
  vi.advanceTimersByTime(12_000 + 29_999);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(terminate).toHaveBeenCalledTimes(1);
  socket.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

it('keeps a socket that answers late but in time', () => {
  const { socket, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(30_000);
    socket.emit('pong');
  }
  expect(terminate).not.toHaveBeenCalled();
});

it('keeps a slow consumer, and starts a full timeout when it has caught up', () => {
  const { ping, terminate, consumer } = start();
  vi.advanceTimersByTime(36_000);
  consumer.isSlow = true;
  vi.advanceTimersByTime(600_000);
  consumer.isSlow = false;
  expect(ping).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(36_000);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(terminate).toHaveBeenCalledTimes(1);
});
