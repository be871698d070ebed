import type { Writable } from 'node:stream';

/** The FIN bit, and the opcode of a text message (RFC 6455, 5.2). */
const TEXT = 0x81;
/**
 * Up to here one part that is copied is cheaper than two; beyond, memory for the copies costs more (a third of the CPU at
 * 2 kB, measured), and the shared part is also kept but once for all who have not read it.
 */
const COPY_BYTES_MAX = 512;

/**
 * Writes one unmasked text message made of two parts: one of so many bytes in UTF-8, and one that is the same in many
 * messages.
 */
export function writeTextFrame(stream: Writable, head: string, headBytes: number, tail: Buffer): void {
  const length = headBytes + tail.length;
  const tailStart = headerBytes(length) + headBytes;
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

function headerBytes(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

/** Returns how many bytes it took. */
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
