import type { Writable } from 'node:stream';

/** The FIN bit, and the opcode of a text message (RFC 6455, 5.2). */
const TEXT = 0x81;
/**
 * Maximum size of a frame that is copied into one buffer. Copying is cheaper than a second write for small frames. For
 * larger ones, allocating the copies costs more (a third of the CPU at 2 kB, measured), and a shared tail is kept in memory
 * once for all slow consumers.
 */
const COPY_BYTES_MAX = 512;

/** Writes an unmasked text frame: a head of `headBytes` in UTF-8, and a tail that many messages share. */
export function writeTextFrame(stream: Writable, head: string, headBytes: number, tail: Buffer): void {
  const length = headBytes + tail.length;
  const tailStart = getHeaderBytes(length) + headBytes;
  const copied = length <= COPY_BYTES_MAX;
  const frame = Buffer.allocUnsafe(copied ? tailStart + tail.length : tailStart);
  frame.write(head, writeHeader(frame, length));
  if (copied) {
    tail.copy(frame, tailStart);
    stream.write(frame);
    return;
  }
  stream.cork();
  stream.write(frame);
  stream.write(tail);
  stream.uncork();
}

function getHeaderBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

/** Returns the size of the header. */
function writeHeader(frame: Buffer, length: number): number {
  frame[0] = TEXT;
  if (length < 126) {
    frame[1] = length;
    return 2;
  }
  if (length < 65_536) {
    frame[1] = 126;
    return frame.writeUInt16BE(length, 2);
  }
  frame[1] = 127;
  frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
  return frame.writeUInt32BE(length % 2 ** 32, 6);
}
