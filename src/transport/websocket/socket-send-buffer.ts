import type { Duplex, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Payload } from '../../fanout/payload.ts';
import { SendBuffer, type SendBufferLimits } from '../../fanout/send-buffer.ts';
import type { Consumer } from '../../fanout/subscriber.ts';
import { closeCodes, closeSocket } from './close-socket.ts';

/** The send buffer of a WebSocket: for the frames that this server writes itself, and for those of `ws`. */
export class SocketSendBuffer extends SendBuffer {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;

  /** `stream` is the connection beneath the socket. */
  constructor(socket: WebSocket, stream: Duplex, limits: SendBufferLimits) {
    // The close frame waits behind the unread bytes. `ws` destroys the connection if it is not answered in time.
    super(stream, limits, () =>
      // guard: stuck-socket-closed
      closeSocket(socket, closeCodes.slowConsumer, 'Messages were not read in time'),
    );
    this.#socket = socket;
    this.#stream = stream;
  }

  /** Also stops reading from the socket until then: responses to further requests would only fill the buffer. */
  override onDrain(then: () => void): void {
    if (!this.isFull && this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.pause(); // guard: full-socket-not-read
      super.onDrain(() => this.#socket.resume());
    }
    super.onDrain(then);
  }

  /** Creates the consumer of one shared subscription. `id` is the ID that the client gave to the operation. */
  createConsumer(id: string): Consumer {
    return new SocketConsumer(this, id);
  }

  /** Writes a message that begins with a head of `headBytes` in UTF-8. Returns false if there is no room. */
  write(head: string, headBytes: number, { tail }: Payload): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true; // It is closing: the client misses nothing.
    if (!this.hasRoom(headBytes + tail.length)) return false;
    writeTextFrame(this.#stream, head, headBytes, tail);
    return true;
  }

  fail(): void {
    closeSocket(this.#socket, closeCodes.tryAgainLater, 'Internal server error');
  }
}

class SocketConsumer implements Consumer {
  readonly #buffer: SocketSendBuffer;
  /** A string: a small Buffer would be a slice that keeps its pool of 64 KiB alive as long as the subscription lasts. */
  readonly #head: string;
  readonly #headBytes: number;

  constructor(buffer: SocketSendBuffer, id: string) {
    this.#buffer = buffer;
    this.#head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    this.#headBytes = Buffer.byteLength(this.#head);
  }

  send(payload: Payload): boolean {
    return this.#buffer.write(this.#head, this.#headBytes, payload);
  }

  onDrain(then: () => void): void {
    this.#buffer.onDrain(then);
  }

  fail(): void {
    this.#buffer.fail();
  }
}

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
