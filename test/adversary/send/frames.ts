import type { Frames } from '../attack.ts';
import { render } from '../recipe.ts';

const CONTINUATION = 0;
const TEXT = 1;
const FIN = 0x80;
const MASKED = 0x80;
/** Any mask works; it only protects proxies. */
const MASK = Buffer.from([0x11, 0x22, 0x33, 0x44]);

/** Returns the frames of one message as a client sends them (RFC 6455, 5.2). */
export function encodeMessage(frames: Frames, number: number): Buffer[] {
  const payload = render(frames.payload, number);
  const { fragments = 1, unfinished = false, opcode = TEXT } = frames;
  const size = Math.max(1, Math.ceil(payload.length / fragments));
  const encoded: Buffer[] = [];
  for (let i = 0; i < fragments; i++) {
    const last = i === fragments - 1;
    const part = payload.subarray(i * size, last ? payload.length : (i + 1) * size);
    // With one fragment, the frame is unfinished; otherwise the message.
    const final = last && !(unfinished && fragments > 1);
    const first = (final ? FIN : 0) | (frames.reserved ?? 0) | (i === 0 ? opcode : CONTINUATION);
    encoded.push(encodeFrame(first, part, frames.unmasked !== true));
  }
  const whole = encoded.at(-1);
  if (unfinished && fragments === 1 && whole !== undefined) encoded[0] = whole.subarray(0, -1);
  return encoded;
}

export function encodeFrame(first: number, payload: Buffer, masked: boolean): Buffer {
  const { length } = payload;
  const header = [first, masked ? MASKED : 0];
  if (length < 126) header[1] = (header[1] ?? 0) | length;
  else if (length < 65_536) {
    header[1] = (header[1] ?? 0) | 126;
    header.push(length >> 8, length & 0xff);
  } else {
    header[1] = (header[1] ?? 0) | 127;
    header.push(
      0,
      0,
      0,
      0,
      (length >> 24) & 0xff,
      (length >> 16) & 0xff,
      (length >> 8) & 0xff,
      length & 0xff,
    );
  }
  if (!masked) return Buffer.concat([Buffer.from(header), payload]);
  const body = Buffer.from(payload);
  for (let i = 0; i < length; i++) body[i] = (body[i] ?? 0) ^ (MASK[i % 4] ?? 0);
  return Buffer.concat([Buffer.from(header), MASK, body]);
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  /** Including the header. */
  readonly bytes: number;
}

/** Returns the first frame in the received bytes, or null if it is incomplete. Servers never mask. */
export function decodeFrame(received: Buffer): ServerFrame | null {
  if (received.length < 2) return null;
  const opcode = received.readUInt8(0) & 0x0f;
  let length = received.readUInt8(1) & 0x7f;
  let start = 2;
  if (length === 126) {
    if (received.length < 4) return null;
    length = received.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (received.length < 10) return null;
    length = Number(received.readBigUInt64BE(2));
    start = 10;
  }
  if (received.length < start + length) return null;
  return { opcode, payload: received.subarray(start, start + length), bytes: start + length };
}
