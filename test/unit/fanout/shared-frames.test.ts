import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import * as ws from 'ws';
import { expect, it, vi } from 'vitest';
import { ConnectionDrainer } from '../../../src/http/connection-drainer.ts';
import { Broadcast } from '../../../src/fanout/broadcast.ts';
import { writeTextFrame } from '../../../src/transport/websocket/text-frame.ts';

/** Exported by `ws`, but not by its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

it.each([0, 1, 125, 126, 127, 511, 512, 513, 65_535, 65_536, 300_000])(
  'a frame of %i bytes is what ws reads',
  async (length) => {
    const stream = new PassThrough({ highWaterMark: 1_000_000 });
    const receiver = new Receiver({ isServer: false });
    // Not all of ASCII, where there is room.
    const head = length < 50 ? 'h'.repeat(length) : 'h'.repeat(48) + 'é';
    const headBytes = Buffer.byteLength(head);
    writeTextFrame(stream, head, headBytes, Buffer.alloc(length - headBytes, 't'));
    writeTextFrame(stream, 'ne', 2, Buffer.from('xt'));
    const messages: string[] = [];
    receiver.on('message', (data: Buffer) => messages.push(data.toString()));
    receiver.end(stream.read());
    await once(receiver, 'finish');
    expect(messages).toEqual([head + 't'.repeat(length - headBytes), 'next']);
  },
);

it('a round serves everybody, in slices, and again for what came meanwhile', async () => {
  const members = Array.from({ length: 200 }, (_, i) => ({ i, served: 0 }));
  let longest = 0;
  let last = performance.now();
  const failed = vi.fn<() => void>();
  const broadcast = new Broadcast(
    () => members,
    (member) => {
      const now = performance.now();
      while (performance.now() < now + 0.2);
      member.served++;
      if (member.i === 7) throw new Error('that one alone');
    },
    failed,
  );
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 0);
  broadcast.run();
  expect(members[0]?.served).toBe(1);
  expect(members[199]?.served).toBe(0);
  broadcast.run();
  broadcast.run();
  await vi.waitFor(() => expect(members[199]?.served).toBe(2), 10_000);
  clearInterval(watch);
  expect(members.every(({ served }) => served === 2)).toBe(true);
  expect(failed).toHaveBeenCalledTimes(2);
});

it.each([0, 1_000])('departures over %i ms end everyone once, in waves', (spreadMs) => {
  vi.useFakeTimers();
  try {
    const drainer = new ConnectionDrainer();
    const left: number[] = [];
    for (let i = 0; i < 95; i++) {
      const forget = drainer.add(() => left.push(i));
      if (i % 2 === 0) forget();
    }
    drainer.start(spreadMs);
    expect(left).toHaveLength(spreadMs === 0 ? 47 : 5);
    const during = vi.fn<() => void>();
    for (let i = 0; i < 20; i++) drainer.add(() => during());
    vi.advanceTimersByTime(spreadMs);
    expect(during).toHaveBeenCalledTimes(20);
    expect(left).toEqual(Array.from({ length: 47 }, (_, i) => 2 * i + 1));
    expect(vi.getTimerCount()).toBe(0);
    // It was being prepared when the others left; nobody would come for it again.
    const late = vi.fn<() => void>();
    drainer.add(late);
    expect(late).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});
