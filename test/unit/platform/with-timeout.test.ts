import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/platform/observability/logger.ts';
import { TimeoutError, withResponseTimeout, withTimeout } from '../../../src/platform/with-timeout.ts';

const never = new Promise<string>(() => undefined);

it('passes on the outcome and leaves no timer', async () => {
  vi.useFakeTimers();
  try {
    expect(await withTimeout('now', 1_000, 'it')).toBe('now');
    expect(await withTimeout(Promise.resolve('soon'), 1_000, 'it')).toBe('soon');
    const refused = withTimeout(Promise.reject(new Error('refused')), 1_000, 'it');
    await expect(refused).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('rejects after the timeout with its own error or the given one', async () => {
  await expect(withTimeout(never, 1, 'the work')).rejects.toThrow(new TimeoutError('the work', 1));
  await expect(withTimeout(never, 1, () => new TypeError('mine'))).rejects.toThrow(TypeError);
});

it('passes on a late result and logs a late failure', async () => {
  const onResult = vi.fn<(value: string) => void>();
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const late = { onResult, logger };
  await withTimeout(Promise.resolve('in time'), 1_000, 'it', late);
  const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  await expect(withTimeout(one.promise, 1, 'it', late)).rejects.toThrow(TimeoutError);
  await expect(withTimeout(other.promise, 1, 'it', late)).rejects.toThrow(TimeoutError);
  expect([onResult.mock.calls, logged]).toEqual([[], []]);
  one.resolve('late');
  other.reject(new Error('broken'));
  await vi.waitFor(() => expect(logged).toHaveLength(1));
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({
    level: 'debug',
    what: 'it',
    err: { message: 'broken' },
  });
  expect(onResult.mock.calls).toEqual([['late']]);
});

it('waits for a response that does not come, and leaves no timer', async () => {
  await expect(withResponseTimeout(never, 4, 'it')).rejects.toThrow(new TimeoutError('it', 4));
  const refused = withResponseTimeout(Promise.reject(new Error('refused')), 1_000, 'it');
  await expect(refused).rejects.toThrow('refused');
  vi.useFakeTimers();
  try {
    expect(await withResponseTimeout(Promise.resolve('soon'), 1_000, 'it')).toBe('soon');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

/** Responds to whatever it gets, and notes in shared memory that the response is in the socket. */
const RESPONDER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer((socket) => socket.once('data', () => {
    socket.write('response', () => {
      Atomics.store(workerData, 0, 1);
      Atomics.notify(workerData, 0);
    });
  }));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

it('gets a response that has arrived while the process was too busy to read it', async () => {
  const TIMEOUT_MS = 20;
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const responder = new Worker(RESPONDER, { eval: true, workerData: sent });
  try {
    const [port] = (await once(responder, 'message')) as [number];
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const received = once(socket, 'data').then(([data]) => String(data));
    socket.write('request');
    const response = withResponseTimeout(received, TIMEOUT_MS, 'the response');
    // Blocks the event loop until the response waits in the socket and the timeout has passed.
    Atomics.wait(sent, 0, 0);
    const blockedUntil = performance.now() + 2 * TIMEOUT_MS;
    while (performance.now() < blockedUntil);
    await expect(response).resolves.toBe('response');
    socket.destroy();
  } finally {
    await responder.terminate();
  }
});
