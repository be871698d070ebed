import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import * as ws from 'ws';
import { expect, it } from 'vitest';
import { writeTextFrame } from '../../../src/transport/websocket/socket-send-buffer.ts';

/** Exported by `ws`, but missing in its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

it.each([0, 1, 125, 126, 127, 511, 512, 513, 65_535, 65_536, 300_000])(
  'ws reads a frame of %i bytes',
  async (length) => {
    const stream = new PassThrough({ highWaterMark: 1_000_000 });
    const receiver = new Receiver({ isServer: false });
    // Contains a character of two bytes if there is room.
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
