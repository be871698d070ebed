import { Writable } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { SendBuffer } from '../../../src/fanout/send-buffer.ts';

/** Creates a stream whose bytes are written when `flow` is called. */
function slowStream(highWaterMark: number) {
  const waiting: (() => void)[] = [];
  const stream = new Writable({ highWaterMark, write: (_chunk, _encoding, done) => void waiting.push(done) });
  const flow = async () => {
    while (stream.writableLength > 0) {
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { stream, flow };
}

const limits = { bufferBytesMax: 100, stuckMs: 1_000_000 };

it('has room up to its limit, and again when it has drained', async () => {
  const { stream, flow } = slowStream(10);
  const buffer = new SendBuffer(stream, limits, () => undefined);
  expect(buffer.hasRoom(1_000)).toBe(true); // An empty buffer accepts a message of any size.
  stream.write(Buffer.alloc(60));
  expect([buffer.hasRoom(40), buffer.hasRoom(41)]).toEqual([true, false]);
  const drained = vi.fn<() => void>();
  buffer.onDrain(drained);
  buffer.onDrain(drained);
  // Once full, it accepts nothing until it is empty.
  expect([buffer.isFull, buffer.hasRoom(1)]).toEqual([true, false]);
  expect(drained).not.toHaveBeenCalled();
  await flow();
  expect(drained).toHaveBeenCalledTimes(2);
  expect([buffer.isFull, buffer.hasRoom(1)]).toEqual([false, true]);
});

it('accepts writes in a drain callback, and can be full again', async () => {
  const { stream, flow } = slowStream(10);
  const buffer = new SendBuffer(stream, limits, () => undefined);
  let sent = 0;
  const send = (): void => {
    if (sent === 50) return;
    if (!buffer.hasRoom(30)) return buffer.onDrain(send);
    stream.write(Buffer.alloc(30));
    expect(stream.writableLength).toBeLessThanOrEqual(100);
    sent++;
    send();
  };
  send();
  expect(sent).toBe(3);
  while (sent < 50) await flow();
  expect(buffer.isFull).toBe(false);
});

it('reports when it is stuck, and only then', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stuck = vi.fn<() => void>();
    const { stream, flow } = slowStream(10);
    const buffer = new SendBuffer(stream, { ...limits, stuckMs: 30 }, stuck);
    stream.write(Buffer.alloc(200));
    buffer.onDrain(() => undefined);
    vi.advanceTimersByTime(29);
    await flow();
    vi.advanceTimersByTime(100);
    expect(stuck).not.toHaveBeenCalled();
    stream.write(Buffer.alloc(200));
    buffer.onDrain(() => undefined);
    vi.advanceTimersByTime(30);
    expect(stuck).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

it('drops all callbacks when the stream closes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { stream } = slowStream(10);
  const stuck = vi.fn<() => void>();
  const drained = vi.fn<() => void>();
  const buffer = new SendBuffer(stream, { ...limits, stuckMs: 1 }, stuck);
  stream.write(Buffer.alloc(200));
  buffer.onDrain(drained);
  stream.destroy();
  await new Promise((resolve) => stream.once('close', resolve));
  buffer.onDrain(drained);
  vi.advanceTimersByTime(60_000);
  expect([stuck.mock.calls, drained.mock.calls]).toEqual([[], []]);
});
