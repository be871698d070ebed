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
  keepAlive(socket as unknown as WebSocket, { everyMs: 12_000, pongTimeoutMs: 30_000 }, () => consumer.isSlow);
  return { socket, ping, terminate, consumer };
}

it('pings, and ends a socket that has not answered in time', () => {
  const { socket, ping, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(12_000);
    socket.emit('pong');
  }
  expect(ping).toHaveBeenCalledTimes(5);
  // The next ping goes out after 12 s; from there on it has 30.
  vi.advanceTimersByTime(12_000 + 29_999);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(terminate).toHaveBeenCalledTimes(1);
  socket.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves one alone that answers late, as what was before the ping took long to read', () => {
  const { socket, terminate } = start();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(30_000);
    socket.emit('pong');
  }
  expect(terminate).not.toHaveBeenCalled();
});

it('leaves one alone that is clogged, and gives it all its time when it no longer is', () => {
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
