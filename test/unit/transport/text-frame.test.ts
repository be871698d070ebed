import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import * as ws from 'ws';
import { describe, expect, it } from 'vitest';
import { Payload } from '../../../src/fanout/payload.ts';
import { writeTextFrame } from '../../../src/transport/websocket/socket-send-buffer.ts';

/** Exported by `ws`, but missing in its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

const lengths = [2, 125, 126, 127, 255, 256, 16_000, 16_001, 65_535, 65_536, 300_000];
/** The beginnings of a head and of a tail. The tail ends with a brace, which a payload adds to its JSON. */
const beginnings = [
  ['ASCII', '', ''],
  ['a head of other characters', 'é', ''],
  ['a tail of other characters', '', 'ö€🎫'],
  ['characters of Latin-1 in both', 'é', 'ö'],
] as const;

describe.each(beginnings)('ws reads a frame of %s', (_what, headStart, tailStart) => {
  it.each(lengths.filter((length) => length >= Buffer.byteLength(`${headStart}${tailStart}}`)))(
    'and %i bytes',
    async (length) => {
      const stream = new PassThrough({ highWaterMark: 1_000_000 });
      const receiver = new Receiver({ isServer: false });
      const headBytes = Buffer.byteLength(headStart);
      const json = tailStart + 't'.repeat(length - headBytes - Buffer.byteLength(tailStart) - 1);
      writeTextFrame(stream, headStart, headBytes, new Payload(json));
      writeTextFrame(stream, 'ne', 2, new Payload('xt'));
      const messages: string[] = [];
      receiver.on('message', (data: Buffer) => messages.push(data.toString()));
      receiver.end(stream.read());
      await once(receiver, 'finish');
      expect(messages).toEqual([`${headStart}${json}}`, 'next}']);
    },
  );
});
